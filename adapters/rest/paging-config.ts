// The four ways of paging by name. Parameter names with dots lead into the body of a POST (`paging.pageNumber`).
import { z } from 'zod';
import { fieldPathSchema } from '../../src/adapter/fields.ts';

const name = (usual: string) => z.string().min(1).default(usual);
const path = fieldPathSchema.optional();

/** Where the parameters go: the query, or the body of a POST. */
const place = { in: z.enum(['query', 'body']).default('query') };

export const pagingSchema = z.discriminatedUnion('style', [
  /** Everything in one answer. */
  z.strictObject({ style: z.literal('none'), total: path }),
  z.strictObject({
    style: z.literal('offset'),
    ...place,
    offset: name('offset'),
    limit: name('limit'),
    /** Where the answer states how many records there are in all. */
    total: path,
    /** Records asked for again, so that a row which left an earlier page moves nothing out of sight. */
    overlap: z.coerce.number().int().min(0).max(100).default(5),
  }),
  z.strictObject({
    style: z.literal('page'),
    ...place,
    page: name('page'),
    size: name('size'),
    /** The first page's number. */
    first: z.enum(['0', '1']).default('1').transform(Number),
    hasMore: path,
    total: path,
  }),
  z.strictObject({
    style: z.literal('cursor'),
    ...place,
    /** Where the answer holds the token of the next page; empty or absent: the last page. */
    token: fieldPathSchema,
    param: name('cursor'),
    limit: name('limit'),
    total: path,
  }),
  z.strictObject({
    style: z.literal('link'),
    /** Where the answer holds the next page’s address; left out: the `Link` header, rel="next". Same host only. */
    next: path,
    limit: name('limit'),
    total: path,
  }),
]);
export type Paging = z.infer<typeof pagingSchema>;
