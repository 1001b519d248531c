// One answer of an operation: its records as they come, then what the Body holds beside them, with errors inside it and
// SOAP faults told apart by the configuration's words.

import { textAt } from '../../src/adapter/fields.ts';
import { checkErrors, type ErrorsConfig, refusal } from '../../src/adapter/inner-errors.ts';
import { badAnswer } from '../../src/adapter/listing.ts';
import { at, type Soap, type SoapFault, type XmlInput } from '../../src/adapter/soap.ts';
import type { XmlObject } from '../../src/adapter/xml.ts';
import { HubError } from '../../src/errors.ts';
import type { FaultsConfig } from './kind.ts';

export interface Question {
  readonly operation: string;
  readonly input: XmlInput;
  /** The way from below the Body to the records. */
  readonly records: string;
  readonly errors: ErrorsConfig | undefined;
  readonly faults: FaultsConfig | undefined;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** The source says by a fault that there is nothing. */
const nothing = new HubError({ code: 'source/not-found', fault: 'source', message: 'The source has nothing here.' });

const meaningOf = (fault: SoapFault, faults: FaultsConfig | undefined): HubError | undefined => {
  if (faults === undefined) return undefined;
  const { path, none } = faults;
  const codes = path === undefined ? fault.codes : [textAt(fault.detail, path)];
  const listed = (values: readonly string[]) => codes.find((code) => code !== undefined && values.includes(code));
  if (listed(none) !== undefined) return nothing;
  const known = listed([...faults.retry, ...faults.unauthorised, ...faults.forbidden]);
  return known === undefined ? undefined : refusal(known, faults);
};

/** @returns what the Body holds beside the records. @throws HubError */
export async function* recordsOf(soap: Soap, question: Question): AsyncGenerator<XmlObject, XmlObject> {
  const { operation, input, records, errors, faults, ...limits } = question;
  const way = records.split('.');
  let some = false;
  try {
    const onFault = (fault: SoapFault): HubError | undefined => meaningOf(fault, faults);
    const answer = soap.call(operation, input, { ...limits, records: ['Envelope', 'Body', ...way], onFault });
    for await (const item of answer) {
      if (item.type === 'record') {
        some = true;
        yield item.value;
        continue;
      }
      const body = (at(item.value, 'Envelope', 'Body') ?? {}) as XmlObject;
      if (checkErrors(body, errors) === 'none' || some) return body;
      const [root = '*'] = way;
      if (root !== '*' && body[root] === undefined)
        throw badAnswer('The answer is not the one where the records should be.', 'Check `records`.');
      return body;
    }
  } catch (thrown) {
    if (thrown !== nothing) throw thrown;
  }
  return {};
}
