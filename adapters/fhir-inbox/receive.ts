// A message posted to the hub. The sender reads the acknowledgement as the answer; what is no message at all cannot be
// acknowledged and is refused by the request itself.
import type { AdapterContext, Delivery, Receipt } from '../../src/adapter/contract.ts';
import { HubError } from '../../src/errors.ts';
import type { InboxConfig } from './config.ts';
import { take } from './take.ts';

export const receive = async (
  delivery: Delivery,
  config: InboxConfig,
  context: Omit<AdapterContext, 'http'>,
): Promise<Receipt> => {
  if (!/^application\/(fhir\+)?json\b/i.test(delivery.contentType))
    throw new HubError({
      code: 'request/media-type',
      fault: 'config',
      message: 'Messages are FHIR JSON.',
      hint: 'Send Content-Type: application/fhir+json.',
    });
  const { outcome, event, refusal, answer } = await take(delivery.body, config, context);
  context.log.info({
    event: 'message.received',
    outcome,
    ...(event === undefined ? {} : { message: event }),
    ...refusal,
  });
  if (refusal !== undefined && answer === undefined)
    throw new HubError({
      code: 'request/invalid',
      fault: 'source',
      message: `This is not a message that can be acknowledged: ${refusal.element} is missing or wrong.`,
      path: refusal.element,
    });
  return {
    notices: [],
    ...(outcome === 'kept' ? { kept: true as const } : {}),
    ...(answer === undefined ? {} : { answer: { contentType: 'application/fhir+json', body: answer } }),
  };
};
