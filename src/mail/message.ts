// What a mail says, as text and as simple HTML: paragraphs and at most one link. Everything is escaped by the template.
import { Eta } from 'eta';

export interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly link?: { readonly text: string; readonly url: string };
  /** Who sends it, and why one gets it. */
  readonly footer: string;
  readonly language: string;
}

const eta = new Eta({ autoEscape: true });
const template = `<!doctype html>
<html lang="<%= it.language %>"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title><%= it.subject %></title></head>
<body style="font: 16px/1.5 Arial, Helvetica, sans-serif; color: #1a1a1a; max-width: 40em">
<h1 style="font-size: 20px"><%= it.subject %></h1>
<% for (const paragraph of it.paragraphs) { %><p style="white-space: pre-line"><%= paragraph %></p>
<% } %><% if (it.link) { %><p><a href="<%= it.link.url %>" style="display: inline-block; padding: 12px 18px; border-radius: 4px; background: #1e4f5e; color: #ffffff; text-decoration: none"><%= it.link.text %></a></p>
<% } %><p style="font-size: 13px; color: #555"><%= it.footer %></p>
</body></html>
`;

export const htmlOf = (letter: Letter): string => eta.renderString(template, letter);

export const textOf = ({ paragraphs, link, footer }: Letter): string =>
  [...paragraphs, ...(link === undefined ? [] : [`${link.text}: ${link.url}`]), '-- ', footer]
    .join('\n\n')
    .replace('-- \n\n', '-- \n');
