// The shape of a delivery: which files there are, what tells a row apart and which columns must be there. EG Sensum's
// is the preset; every part of it can be replaced per kind in the configuration, so another nightly CSV needs no code.
// Source: the public municipal loader Randers-Kommune-Digitalisering/custom-data-connector, not a vendor contract.

export interface KindShape {
  readonly title: string;
  /** File name with `*`, `?` and `[0-9]`. */
  readonly pattern: string;
  /** Columns whose values, joined, are the row's key. */
  readonly keyColumns: readonly string[];
  /** Columns whose text is hashed into the key, for rows without an id of their own; equal rows are numbered. */
  readonly keyTextColumns: readonly string[];
  /** Columns without which the file is not read: mostly those that lead to the citizen. */
  readonly requiredColumns: readonly string[];
  /** All columns seen so far; the others of a file are kept too, so that drift can be seen. */
  readonly columns: readonly string[];
  /** Kinds that must be pulled first. */
  readonly after: readonly string[];
}

const shape = (
  kind: Omit<KindShape, 'keyTextColumns' | 'columns' | 'after'> & Partial<KindShape> & { head: string },
) => {
  const { head, ...rest } = kind;
  return { keyTextColumns: [], after: [], ...rest, columns: head.split(';') } as const satisfies KindShape;
};

export const sensum = {
  borger: shape({
    title: 'Citizens (Borger)',
    // Not `*`: Borger_information_….csv is another type.
    pattern: 'Borger_[0-9]*.csv',
    keyColumns: ['BorgerId'],
    requiredColumns: ['CPR'],
    head: 'BorgerId;CPR;Fornavn;Efternavn;Initialer;PrimærAdresse;PrimærPostNr;PrimærBy;PrimærLand;Telefon;Mobil;Email;KontaktPerson;OprettetDato;Diagnose;Kommentar;OpholdsKommuneNr;OpholdsKommune;BorgerEncodeId',
  }),
  sag: shape({
    title: 'Cases (Sager)',
    pattern: 'Sager_*.csv',
    keyColumns: ['SagId'],
    requiredColumns: ['BorgerId'],
    after: ['borger'],
    head: 'SagId;BorgerId;SagNavn;SagType;SagModel;AfdelingId;AfdelingNavn;PrimærAnsvarlig;AlternativSagsbehandler;AlternativTeam;ForventetParagraf;Status;Akut;HandleKommune;BetalingsKommune;SagsbehandlerBetalingsKommune;HenvendelsesDato;AnsøgningModtagetDato;SlutDato;AfslutningsÅrsag;Facet;JournalKode',
  }),
  indsats: shape({
    title: 'Interventions (Indsatser)',
    pattern: 'Indsatser_*.csv',
    keyColumns: ['IndsatsId'],
    requiredColumns: ['SagId'],
    after: ['sag'],
    head: 'IndsatsId;SagId;Indsats;VigtigeNotater;IndsatsParagraf;Tilbud;LeverandørId;LeverandørIndsatsId;LeverandørNavn;LeverandørGruppeId;LeverandørGruppeNavn;IndsatsStatus;IndsatsGodkendelsesDato;IndsatsStartDato;IndsatsSlutDato;Primær målgruppe;Sekundær målgruppe;IndsatsKreditKonto;IndsatsEgenbetalingsKonto;IndsatskontoNummer;StatsRefusionsKontoNummer;MomsRefusionsKontoNummer;OverheadKontoNummer;EgenBetalingsKontoNummer;IndsatsId navn;Afgørelse',
  }),
  maal: shape({
    title: 'Goals (Mål)',
    pattern: 'Mål_*.csv',
    keyColumns: ['MålId'],
    requiredColumns: ['BorgerId'],
    after: ['borger'],
    head: 'MålId;BorgerId;MålNavn;Ansvarlig;StartDato;SlutDato;OprettetDato;OprettetAf;Lukket;SamarbejdeMedBorger',
  }),
  delmaal: shape({
    title: 'Sub-goals (Delmål), which have no id of their own',
    pattern: 'Delmål_*.csv',
    keyColumns: ['MålId'],
    keyTextColumns: ['DelmålNavn'],
    requiredColumns: [],
    after: ['maal'],
    head: 'MålId;DelmålNavn;Ansvarlig;StartDato;SlutDato;OprettetDato;OprettetAf;Lukket;Samarbejdspartner;EvalueringsDato',
  }),
  ydelse: shape({
    title: 'Services (Ydelse)',
    pattern: 'Ydelse_*.csv',
    keyColumns: ['YdelseId'],
    requiredColumns: ['BorgerId'],
    after: ['borger'],
    head: 'YdelseId;BorgerId;YdelseNavn;StartDato;SlutDato;AfdelingId',
  }),
  aktivitet: shape({
    title: 'Case activities (SagsAktiviteter)',
    pattern: 'SagsAktiviteter_*.csv',
    keyColumns: ['SagAktivitetId'],
    requiredColumns: ['SagId'],
    after: ['sag'],
    head: 'SagAktivitetId;SagId;SagModel;FaseNavn;AktivitetNavn;AktivitetSvar;Deadline;UdførtDato',
  }),
} satisfies Record<string, KindShape>;

export type FileKind = keyof typeof sensum;
export const fileKinds = Object.keys(sensum) as [FileKind, ...FileKind[]];
