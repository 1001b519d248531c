// The rows EG Sensum's nightly files are written from, in the vendor's own columns (public municipal loader; rows are
// synthetic). A value that is not there is left out. Dates are `dd-MM-yyyy`, amounts have a decimal comma.
// Give every CPR its ten digits here: the writer drops the leading zero as the vendor's export does.

export const sensumColumns = {
  borger: [
    'BorgerId',
    'CPR',
    'Fornavn',
    'Efternavn',
    'Initialer',
    'PrimærAdresse',
    'PrimærPostNr',
    'PrimærBy',
    'PrimærLand',
    'Telefon',
    'Mobil',
    'Email',
    'KontaktPerson',
    'OprettetDato',
    'Diagnose',
    'Kommentar',
    'OpholdsKommuneNr',
    'OpholdsKommune',
    'BorgerEncodeId',
  ],
  sag: [
    'SagId',
    'BorgerId',
    'SagNavn',
    'SagType',
    'SagModel',
    'AfdelingId',
    'AfdelingNavn',
    'PrimærAnsvarlig',
    'AlternativSagsbehandler',
    'AlternativTeam',
    'ForventetParagraf',
    'Status',
    'Akut',
    'HandleKommune',
    'BetalingsKommune',
    'SagsbehandlerBetalingsKommune',
    'HenvendelsesDato',
    'AnsøgningModtagetDato',
    'SlutDato',
    'AfslutningsÅrsag',
    'Facet',
    'JournalKode',
  ],
  indsats: [
    'IndsatsId',
    'SagId',
    'Indsats',
    'VigtigeNotater',
    'IndsatsParagraf',
    'Tilbud',
    'LeverandørId',
    'LeverandørIndsatsId',
    'LeverandørNavn',
    'LeverandørGruppeId',
    'LeverandørGruppeNavn',
    'IndsatsStatus',
    'IndsatsGodkendelsesDato',
    'IndsatsStartDato',
    'IndsatsSlutDato',
    'Primær målgruppe',
    'Sekundær målgruppe',
    'IndsatsKreditKonto',
    'IndsatsEgenbetalingsKonto',
    'IndsatskontoNummer',
    'StatsRefusionsKontoNummer',
    'MomsRefusionsKontoNummer',
    'OverheadKontoNummer',
    'EgenBetalingsKontoNummer',
    'IndsatsId navn',
    'Afgørelse',
  ],
  maal: [
    'MålId',
    'BorgerId',
    'MålNavn',
    'Ansvarlig',
    'StartDato',
    'SlutDato',
    'OprettetDato',
    'OprettetAf',
    'Lukket',
    'SamarbejdeMedBorger',
  ],
  /** No id of its own: told apart by goal and name. */
  delmaal: [
    'MålId',
    'DelmålNavn',
    'Ansvarlig',
    'StartDato',
    'SlutDato',
    'OprettetDato',
    'OprettetAf',
    'Lukket',
    'Samarbejdspartner',
    'EvalueringsDato',
  ],
  ydelse: ['YdelseId', 'BorgerId', 'YdelseNavn', 'StartDato', 'SlutDato', 'AfdelingId'],
  aktivitet: [
    'SagAktivitetId',
    'SagId',
    'SagModel',
    'FaseNavn',
    'AktivitetNavn',
    'AktivitetSvar',
    'Deadline',
    'UdførtDato',
  ],
} as const;

export type SensumKind = keyof typeof sensumColumns;

/** One line of a file: column → text. */
export type SensumRow<K extends SensumKind> = { [Column in (typeof sensumColumns)[K][number]]?: string };

/** Every row of one site's delivery. Arrays, or objects that make their rows as they are walked (walked once per drop). */
export type SensumData = { [K in SensumKind]: Iterable<SensumRow<K>> };

/** Values the sandbox uses and the shipped code tables know. */
export const sensumValues = {
  /** Sag.Status */
  sagStatus: ['Ny', 'Under behandling', 'Aktiv', 'Bero', 'Afsluttet', 'Annulleret'],
  /** Indsats.IndsatsStatus */
  indsatsStatus: ['Ansøgt', 'Bevilget', 'Igangsat', 'Pause', 'Afsluttet', 'Afslag', 'Annulleret'],
  /** Sag.SagType; Handleplan and Udredning og plan are shown as plans, all as case references. */
  sagType: ['Handleplan', 'Udredning og plan', 'Ansøgning', 'Enkeltsag', 'Opfølgning'],
  /** Sag.SagModel */
  sagModel: ['VUM 2.0', 'Standard'],
  /** Lukket, Akut, SamarbejdeMedBorger */
  yesNo: ['Ja', 'Nej'],
  /** SagsAktiviteter.AktivitetNavn; others are shown by their own name. */
  aktivitet: ['Samtale', 'Hjemmebesøg', 'Netværksmøde', 'Opfølgningsmøde', 'Statusnotat', 'Partshøring', 'Afgørelse'],
} as const;
