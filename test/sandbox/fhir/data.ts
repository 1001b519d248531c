// What the FHIR stub serves: R4 resources by type, indexed by time of change and by patient, changeable while it runs.
// The time of serving is `meta.lastUpdated`: put() sets it when the resource brings none. Holds 100,000s of resources.

/** A FHIR R4 resource as JSON. Elements are the standard's; `subject`/`patient` `{ reference: 'Patient/<id>' }` name the citizen. */
export interface FhirResource {
  readonly resourceType: string;
  readonly id: string;
  readonly meta?: { readonly lastUpdated?: string; readonly versionId?: string; readonly [element: string]: unknown };
  readonly [element: string]: unknown;
}

/** Resources by type: `{ Patient: [...], CarePlan: [...] }`. Iterables are read once, at start. */
export type FhirData = Readonly<Record<string, Iterable<FhirResource>>>;

/** One resource in its place in time; `seq` settles equal times. */
export interface Row {
  readonly at: number;
  readonly seq: number;
  readonly resource: FhirResource;
}

export interface FhirStore {
  /** Adds or replaces by (type, id); sets versionId and lastUpdated (kept as given when `keepTime`). */
  put(resource: FhirResource, options?: { readonly keepTime?: boolean }): FhirResource;
  /** Marks it `entered-in-error`, as a FHIR source withdraws a record. */
  retract(resourceType: string, id: string): void;
  /** Takes it away without a trace, as a source that purges does. */
  remove(resourceType: string, id: string): void;
  get(resourceType: string, id: string): FhirResource | undefined;
  types(): readonly string[];
  count(resourceType: string): number;
  /** Rows of a type in order of (at, seq), from the first with at ≥ `from`. */
  since(resourceType: string, from: number): Iterable<Row>;
  /** Rows of a type whose `subject` or `patient` is this Patient. */
  ofPatient(resourceType: string, patientId: string): readonly Row[];
  /** Patients with this identifier value (and system, when given). */
  patients(value: string, system?: string): readonly Row[];
}
