// What may be said in the hub, as it comes in: texts without numbers of persons, units by their id.
import { z } from 'zod';
import { maskNumbers } from '../model/cpr.ts';
import { isUuid } from './input.ts';

/** A number written into free text would be kept where nobody looks for it. */
export const plainText = (schema: z.ZodString) => schema.transform(maskNumbers);

export const recordField = z.string().refine(isUuid);

export const unitField = z.string().min(1).max(200);
