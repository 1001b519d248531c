// An XML document with its texts and attribute values replaced, everything else as it was: names, prefixes, order. For
// recordings, where the document must stay one that the adapter understands and nothing of the people in it may stay.
import { SaxesParser } from 'saxes';
import { HubError } from '../errors.ts';

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

/** Attributes that say how the document is to be read. */
const structural = /^(xmlns($|:)|xsi:|xml:|\w+:mustUnderstand$)/;

/**
 * Every text and attribute value through `replace`, with the local names from the root to it (`Svar.Sag.@id`).
 * Comments and processing instructions are left out. @throws HubError `source/bad-answer` when it is not XML
 */
export const rewriteXml = (document: string, replace: (path: string, value: string) => string): string => {
  const parser = new SaxesParser({ position: false });
  const names: string[] = [];
  let out = '<?xml version="1.0" encoding="UTF-8"?>';
  parser.on('opentag', (tag) => {
    names.push(local(tag.name));
    const attributes = Object.entries(tag.attributes as Record<string, string>).map(([name, value]) => {
      const path = [...names, `@${local(name)}`].join('.');
      return ` ${name}="${escaped(structural.test(name) ? value : replace(path, value))}"`;
    });
    out += `<${tag.name}${attributes.join('')}${tag.isSelfClosing ? '/' : ''}>`;
    if (tag.isSelfClosing) names.pop();
  });
  parser.on('closetag', (tag) => {
    if (tag.isSelfClosing) return;
    names.pop();
    out += `</${tag.name}>`;
  });
  const onText = (text: string): void => {
    if (names.length > 0) out += text.trim() === '' ? text : escaped(replace(names.join('.'), text));
  };
  parser.on('text', onText);
  parser.on('cdata', onText);
  parser.on('error', () => {
    throw new HubError({ code: 'source/bad-answer', fault: 'source', message: 'The document is not well-formed XML.' });
  });
  parser.write(document).close();
  return out;
};
