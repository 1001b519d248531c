// A request's content as XML by the schemas of a WSDL: every element in its own namespace and in the schema's order,
// however deep its type is inherited. The npm package parses the schemas; writing by them is done here because its own
// writer puts the elements of inherited and of inline types in the wrong place.
import { HubError } from '../errors.ts';

/** Values of a request in the notation of `readXml`: `@name` attributes, `#text`, lists; null is nil. */
export type XmlInputValue = string | number | boolean | null | undefined | XmlInput | readonly XmlInputValue[];
export interface XmlInput {
  readonly [name: string]: XmlInputValue;
}

type Names = Readonly<Record<string, string>>;

/** A node of a schema as the package parses it. */
export interface SchemaNode {
  readonly name?: string;
  readonly $name?: string;
  readonly $ref?: string;
  readonly $type?: string;
  readonly $base?: string;
  readonly $form?: string;
  readonly children?: readonly SchemaNode[];
  readonly xmlns?: Names;
  readonly schemaXmlns?: Names;
  readonly definitionsXmlns?: Names;
}

type Nodes = Readonly<Record<string, SchemaNode>>;
export type Schemas = Readonly<
  Record<
    string,
    {
      readonly $elementFormDefault?: string;
      readonly elements: Nodes;
      readonly complexTypes: Nodes;
      readonly groups: Nodes;
    }
  >
>;

/** An element that may stand somewhere: its name, the namespace it is written in, the one its declaration is at home in. */
export interface Declared {
  readonly name: string;
  readonly namespace: string;
  readonly home: string;
  readonly node: SchemaNode;
}

type Content = ReadonlyMap<string, Declared>;

export const localOf = (name = ''): string => name.slice(name.indexOf(':') + 1);

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const isName = (name: string): boolean => /^([\p{L}_][\p{L}\p{N}._-]*:)?[\p{L}_][\p{L}\p{N}._-]*$/u.test(name);

export interface BodyWriter {
  write(root: Declared, input: XmlInput): string;
  /** Names in the input that the schema does not have, as paths. */
  unknown(root: Declared, input: XmlInput): readonly string[];
}

export const createBodyWriter = (schemas: Schemas, definitions: Names): BodyWriter => {
  const known = new WeakMap<SchemaNode, Content>();

  const resolve = (qualified: string, node: SchemaNode, home: string): readonly [namespace: string, local: string] => {
    const prefix = qualified.includes(':') ? qualified.slice(0, qualified.indexOf(':')) : '';
    if (prefix === '') return [home, qualified];
    const from = [node.xmlns, node.schemaXmlns, node.definitionsXmlns, definitions].find((names) => names?.[prefix]);
    return [from?.[prefix] ?? home, localOf(qualified)];
  };

  const declaredBy = (node: SchemaNode, home: string): readonly Declared[] => {
    if (node.$ref === undefined) {
      const form = node.$form ?? schemas[home]?.$elementFormDefault;
      return [{ name: node.$name ?? '', namespace: form === 'qualified' ? home : '', home, node }];
    }
    const [namespace, name] = resolve(node.$ref, node, home);
    return [{ name, namespace, home: namespace, node: schemas[namespace]?.elements[name] ?? node }];
  };

  const walk = (node: SchemaNode, home: string): readonly Declared[] => {
    const inside = (): readonly Declared[] => (node.children ?? []).flatMap((child) => walk(child, home));
    switch (node.name) {
      case 'element':
        return declaredBy(node, home);
      case 'group': {
        if (node.$ref === undefined) return inside();
        const [namespace, name] = resolve(node.$ref, node, home);
        const group = schemas[namespace]?.groups[name];
        return group === undefined ? [] : walk(group, namespace);
      }
      case 'extension': {
        const [namespace, name] = resolve(node.$base ?? '', node, home);
        const base = schemas[namespace]?.complexTypes[name];
        return [...(base === undefined ? [] : walk(base, namespace)), ...inside()];
      }
      case 'attribute':
      case 'annotation':
      case 'simpleType':
        return [];
      default:
        return inside();
    }
  };

  /** What may stand in an element, in order; empty for a text. */
  const contentOf = ({ node, home }: Declared): Content => {
    const there = known.get(node);
    if (there !== undefined) return there;
    const inline = (node.children ?? []).flatMap((child) => walk(child, home));
    const [namespace, name] = node.$type === undefined ? ['', ''] : resolve(node.$type, node, home);
    const type = schemas[namespace]?.complexTypes[name];
    const all = type === undefined ? inline : walk(type, namespace);
    const content = new Map<string, Declared>();
    for (const one of all) if (!content.has(one.name)) content.set(one.name, one);
    known.set(node, content);
    return content;
  };

  const unknownIn = (value: XmlInputValue, declared: Declared, path: string): readonly string[] => {
    if (Array.isArray(value)) return value.flatMap((one) => unknownIn(one, declared, path));
    if (typeof value !== 'object' || value === null) return [];
    const content = contentOf(declared);
    return Object.entries(value).flatMap(([name, inner]) => {
      if (/^[@#]/.test(name)) return [];
      const child = content.get(localOf(name));
      return child === undefined ? [`${path}${name}`] : unknownIn(inner, child, `${path}${name}.`);
    });
  };

  const write = (root: Declared, input: XmlInput): string => {
    const prefixes = new Map<string, string>();
    const prefixed = (name: string, namespace: string): string => {
      if (namespace === '') return name;
      const prefix = prefixes.get(namespace) ?? `n${prefixes.size}`;
      prefixes.set(namespace, prefix);
      return `${prefix}:${name}`;
    };
    const element = (tag: string, value: XmlInputValue, declared: Declared | undefined): readonly [string, string] => {
      if (value === null) return [`<${tag} xsi:nil="true"`, `></${tag}>`];
      if (typeof value !== 'object') return [`<${tag}`, `>${escaped(String(value))}</${tag}>`];
      const entries = Object.entries(value as XmlInput);
      if (!isName(tag) || entries.some(([name]) => !isName(name.replace(/^[@#]/, ''))))
        throw new HubError({
          code: 'config/invalid',
          fault: 'config',
          message: 'A name in the input of a SOAP request is no name of an element or attribute.',
        });
      const content = declared === undefined ? (new Map() as Content) : contentOf(declared);
      const places = new Map([...content.keys()].map((name, index) => [name, index]));
      const placeOf = (name: string): number => places.get(localOf(name)) ?? places.size;
      const attributes = entries
        .filter(([name, one]) => name.startsWith('@') && one !== undefined)
        .map(([name, one]) => ` ${name.slice(1)}="${escaped(String(one))}"`);
      const inner = entries
        .filter(([name]) => !/^[@#]/.test(name))
        .toSorted(([one], [other]) => placeOf(one) - placeOf(other))
        .flatMap(([name, one]) => {
          const child = content.get(localOf(name));
          const itsTag = child === undefined ? name : prefixed(child.name, child.namespace);
          return (Array.isArray(one) ? one : [one]).map((item) =>
            item === undefined ? '' : element(itsTag, item, child).join(''),
          );
        });
      const text = (value as XmlInput)['#text'];
      const own = text === undefined || text === null ? '' : escaped(String(text));
      return [`<${tag}${attributes.join('')}`, `>${own}${inner.join('')}</${tag}>`];
    };
    const [start, rest] = element(prefixed(root.name, root.namespace), input, root);
    const declarations = [...prefixes].map(([namespace, prefix]) => ` xmlns:${prefix}="${escaped(namespace)}"`);
    return `${start}${declarations.join('')}${rest}`;
  };

  return { write, unknown: (root, input) => unknownIn(input, root, '') };
};
