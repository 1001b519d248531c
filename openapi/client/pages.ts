// Lists that come in pages, as one loop: pages are asked for as they are read, and the loop may be left at any time.
import type { Client } from './client.ts';
import type { components, paths } from './openapi.d.ts';
import type { AnswerOf, InputOf, OperationOf, PathWith } from './operations.ts';

/** Paths whose pages say `more` and `next`. */
export type PagedPath = {
  [P in PathWith<'get'>]: AnswerOf<OperationOf<P, 'get'>> extends { more: boolean; next?: string } ? P : never;
}[PathWith<'get'>];

/** Every page of a list, the first one beginning after `query.after` if given. */
export async function* pages<P extends PagedPath>(
  client: Client,
  path: P,
  input: InputOf<OperationOf<P, 'get'>>,
): AsyncGenerator<AnswerOf<OperationOf<P, 'get'>>> {
  const get = client.get as unknown as (
    at: keyof paths,
    given: unknown,
  ) => Promise<{ data: { more: boolean; next?: string } }>;
  let query = (input as { query?: Record<string, unknown> }).query ?? {};
  for (;;) {
    const { data } = await get(path, { ...(input as object), query });
    yield data as AnswerOf<OperationOf<P, 'get'>>;
    if (!data.more || data.next === undefined) return;
    query = { ...query, after: data.next };
  }
}

/** The ids of every citizen the caller may see. */
export async function* citizens(client: Client): AsyncGenerator<string> {
  for await (const page of pages(client, '/v1/citizens', { query: { limit: 1000 } }))
    for (const { id } of page.citizens) yield id;
}

type Resource = components['schemas']['FhirResource'];
interface Bundle {
  readonly entry?: readonly { readonly resource: Resource }[];
  readonly link?: readonly { readonly relation: string; readonly url: string }[];
}

/** Every resource of a citizen's plan as FHIR R4. */
export async function* everything(client: Client, citizen: string, signal?: AbortSignal): AsyncGenerator<Resource> {
  let address: string | undefined = `/fhir/Patient/${encodeURIComponent(citizen)}/$everything`;
  while (address !== undefined) {
    const bundle = (await client.at(address, signal)).data as Bundle;
    for (const { resource } of bundle.entry ?? []) yield resource;
    address = bundle.link?.find(({ relation }) => relation === 'next')?.url;
  }
}
