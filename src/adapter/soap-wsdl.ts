// A WSDL and what can be asked by it. Reading it and making envelopes is the npm package's work; two things are put right
// that it gets wrong on real services: the names of an imported file hide those of the file itself, and a part that
// travels in the SOAP header is taken for the body. Nothing is ever fetched: a schema at a web address is refused, it
// belongs on disk beside the WSDL.
import { readFile } from 'node:fs/promises';
import { Client, type IOptions, type ISecurity, WSDL, WSSecurity } from 'soap';
import { HubError } from '../errors.ts';
import {
  createBodyWriter,
  type Declared,
  localOf,
  type SchemaNode,
  type Schemas,
  type XmlInput,
  type XmlInputValue,
} from './soap-body.ts';

export type SoapVersion = '1.1' | '1.2';

export interface UsernameToken {
  readonly username: string;
  readonly password: string;
  /** The password is sent as digest. Default: as text, for connections that are encrypted anyway. */
  readonly digest?: boolean;
}

export interface Envelope {
  readonly headers: Readonly<Record<string, string>>;
  readonly xml: string;
}

export interface Contract {
  readonly operations: readonly string[];
  readonly actionOf: (operation: string) => string;
  /** Names in an input that the WSDL does not know, as paths. */
  readonly unknown: (operation: string, input: XmlInput) => readonly string[];
  readonly envelope: (operation: string, input: XmlInput, headers: readonly XmlInput[]) => Envelope;
}

export interface ContractOptions {
  /** A path, or the text itself. */
  readonly wsdl: string;
  readonly endpoint: string;
  readonly service?: string | undefined;
  readonly port?: string | undefined;
  /** Default: what the WSDL's port is bound to. */
  readonly version?: SoapVersion | undefined;
  readonly soapAction?: string | undefined;
  readonly token?: UsernameToken;
}

const invalid = (message: string, hint?: string, cause?: unknown): HubError =>
  new HubError({ code: 'config/invalid', fault: 'config', message, cause, ...(hint === undefined ? {} : { hint }) });

/** The package's inner elements as far as they are used here; its types do not tell. */
interface Node {
  readonly name: string;
  readonly nsName: string;
  children: Node[];
  readonly $message?: string;
  readonly $part?: string;
  readonly $name?: string;
}
interface Method {
  readonly style?: string;
  readonly soapAction?: string | undefined;
  /** The element of the body; without `targetNamespace` the message itself, whose parts are unknown or none. */
  readonly input: SchemaNode & { readonly targetNamespace?: string };
}
type Methods = Readonly<Record<string, Method>>;
interface Port {
  readonly binding: { readonly methods: Methods };
}
interface Definitions {
  readonly schemas: Schemas;
  readonly xmlns: Record<string, string>;
  readonly bindings: Readonly<Record<string, Node>>;
  readonly messages: Readonly<Record<string, Node>>;
  readonly services: Readonly<Record<string, Node & { readonly ports: Readonly<Record<string, Port>> }>>;
}
interface Inner {
  readonly definitions: Definitions;
  processIncludes(done: (error?: unknown) => void): void;
  onReady(done: (error: unknown) => void): void;
}

const soap12 = 'http://schemas.xmlsoap.org/wsdl/soap12/';
const elsewhere = 'The WSDL asks for a schema at a web address; nothing is fetched.';

const readText = async (wsdl: string): Promise<string> => {
  if (wsdl.trimStart().startsWith('<')) return wsdl;
  try {
    return await readFile(wsdl, 'utf8');
  } catch (cause) {
    throw invalid('wsdl: the file cannot be read.', 'Check the path and the rights.', cause);
  }
};

/** Parts that an operation's binding sends as headers are none of its body. */
const withoutHeaderParts = ({ bindings, messages }: Definitions): void => {
  const sides = Object.values(bindings).flatMap((binding) =>
    binding.children.flatMap(({ children }) => children ?? []),
  );
  for (const header of sides.flatMap(({ children }) => children ?? []).filter(({ name }) => name === 'header')) {
    const message = messages[localOf(header.$message)];
    if (message !== undefined) message.children = message.children.filter((part) => part.$name !== header.$part);
  }
};

/** `service port` → version, by the namespace of the port's address: prefixes lie. */
const versionsOf = ({ services, xmlns }: Definitions): Map<string, SoapVersion> =>
  new Map(
    Object.entries(services).flatMap(([service, { children }]) =>
      children.flatMap(({ $name, children: inner }) => {
        const address = inner?.find(({ name }) => name === 'address');
        const prefix = address?.nsName.split(':').at(0) ?? '';
        return [[`${service} ${$name}`, xmlns[prefix] === soap12 ? '1.2' : '1.1'] as const];
      }),
    ),
  );

const readWsdl = async (
  wsdl: string,
): Promise<{ readonly parsed: WSDL; readonly versions: Map<string, SoapVersion> }> => {
  const text = await readText(wsdl);
  const refuse = (_url: unknown, _data: unknown, done: (error: Error) => void): void => done(new Error(elsewhere));
  const options = { httpClient: { request: refuse } } as unknown as IOptions;
  let versions = new Map<string, SoapVersion>();
  try {
    const parsed = new WSDL(text, text === wsdl ? '' : wsdl, options);
    const inner = parsed as unknown as Inner;
    await new Promise<void>((resolve, reject) => {
      const include = inner.processIncludes.bind(inner);
      inner.processIncludes = (done) => {
        const { definitions } = inner;
        const own = { ...definitions.xmlns };
        include((error) => {
          Object.assign(definitions.xmlns, own);
          withoutHeaderParts(definitions);
          versions = versionsOf(definitions);
          done(error);
        });
      };
      inner.onReady((error) => (error ? reject(error) : resolve()));
    });
    return { parsed, versions };
  } catch (cause) {
    if ((cause as Error).message === elsewhere)
      throw invalid(elsewhere, 'Put the schema beside the WSDL and let its schemaLocation name the file.', cause);
    throw invalid(
      'wsdl: the file, or one it imports, cannot be understood.',
      'Check that the imports are there.',
      cause,
    );
  }
};

/** The package's notation: attributes apart, text under its own key. */
const toSoap = (value: XmlInputValue): unknown => {
  if (Array.isArray(value)) return value.map(toSoap);
  if (value === null || value === undefined) return value;
  if (typeof value !== 'object') {
    const text = String(value);
    if (text.startsWith('<![CDATA[')) throw invalid('A value of a SOAP request must not begin with <![CDATA[.');
    return text;
  }
  const entries = Object.entries(value);
  const attributes = entries
    .filter(([name]) => name.startsWith('@'))
    .map(([name, one]) => [name.slice(1), String(one)]);
  const rest = entries.filter(([name]) => !name.startsWith('@'));
  return {
    ...(attributes.length === 0 ? {} : { attributes: Object.fromEntries(attributes) }),
    ...Object.fromEntries(rest.map(([name, one]) => [name === '#text' ? '$value' : name, toSoap(one)])),
  };
};

const choose = (options: ContractOptions, names: readonly string[], versions: Map<string, SoapVersion>): string => {
  const { service, port, version } = options;
  const fitting = names.filter((name) => {
    const [itsService, itsPort] = name.split(' ');
    return (service === undefined || service === itsService) && (port === undefined || port === itsPort);
  });
  if (fitting.length === 0)
    throw invalid('The WSDL has no such service and port.', `It has: ${names.join(', ').replaceAll(' ', ' / ')}.`);
  return fitting.find((name) => versions.get(name) === (version ?? '1.1')) ?? (fitting[0] as string);
};

/** @throws HubError `config/invalid` */
export const readContract = async (options: ContractOptions): Promise<Contract> => {
  const { parsed, versions } = await readWsdl(options.wsdl);
  const { definitions } = parsed as unknown as Inner;
  const ports = Object.entries(definitions.services).flatMap(([service, { ports: its }]) =>
    Object.entries(its).map(([port, { binding }]): [string, Methods] => [`${service} ${port}`, binding.methods]),
  );
  const names = ports.map(([name]) => name);
  const chosen = choose(options, names, versions);
  const methods = new Map(ports).get(chosen) as Methods;
  const [service, port] = chosen.split(' ') as [string, string];
  const version = options.version ?? versions.get(chosen) ?? '1.1';

  let sent: Envelope | undefined;
  const httpClient = {
    request: (_url: string, xml: string, _done: unknown, headers: Record<string, string>): void => {
      sent = { xml, headers };
    },
  };
  const client = new Client(parsed, options.endpoint, {
    forceSoap12Headers: version === '1.2',
    namespaceArrayElements: true,
    httpClient: httpClient as unknown as NonNullable<IOptions['httpClient']>,
  });
  if (options.soapAction !== undefined) client.setSOAPAction(options.soapAction);
  if (options.token !== undefined) {
    const { username, password, digest } = options.token;
    const passwordType = digest === true ? 'PasswordDigest' : 'PasswordText';
    client.setSecurity(new WSSecurity(username, password, { passwordType, hasNonce: true }) as ISecurity);
  }
  const methodOf = (operation: string): Method => {
    const method = Object.hasOwn(methods, operation) ? methods[operation] : undefined;
    if (method === undefined)
      throw invalid('The WSDL has no such operation.', `It has: ${Object.keys(methods).join(', ')}.`);
    return method;
  };
  const writer = createBodyWriter(definitions.schemas, definitions.xmlns);
  const rootOf = (operation: string): Declared | undefined => {
    const { input, style } = methodOf(operation);
    const { targetNamespace: namespace, $name: name } = input;
    if (style === 'rpc' || namespace === undefined || name === undefined) return undefined;
    return { name, namespace, home: namespace, node: input };
  };
  return {
    operations: Object.keys(methods),
    actionOf: (operation) => options.soapAction ?? methodOf(operation).soapAction ?? '',
    unknown(operation, input) {
      const root = rootOf(operation);
      return root === undefined ? [] : writer.unknown(root, input);
    },
    envelope(operation, input, headers) {
      const root = rootOf(operation);
      const body = root === undefined ? toSoap(input) : { _xml: writer.write(root, input) };
      client.clearSoapHeaders();
      for (const header of headers) client.addSoapHeader(toSoap(header));
      try {
        client[service][port][operation](body, () => undefined);
      } catch (cause) {
        if (cause instanceof HubError) throw cause;
        throw invalid('The input does not fit the operation of the WSDL.', undefined, cause);
      }
      const envelope = sent;
      sent = undefined;
      if (envelope === undefined) throw invalid('The input does not fit the operation of the WSDL.');
      return envelope;
    },
  };
};
