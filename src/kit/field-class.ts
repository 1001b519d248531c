// What kind of thing a source field most likely holds, by its name and by what surrounds it, in Danish and English.
// Whoever masks or replaces values asks here; a wrong guess must err towards "personal".

export type FieldClass =
  | 'secret'
  | 'cpr'
  | 'name'
  | 'address'
  | 'phone'
  | 'email'
  | 'birth'
  | 'text'
  | 'code'
  | 'link'
  | 'other';

/** A path's names without list marks, attribute marks and the marks of text, outermost first: `a[].@b` → a, b. */
export const namesIn = (path: string): readonly string[] =>
  path
    .split('.')
    .map((name) => name.replace(/\[[^\]]*\]/g, '').replace(/^[@#$]/, ''))
    .filter((name) => name !== '');

/** `sagsbehandlerNavn`, `Sagsbehandler_navn`, `SAGSBEHANDLERNAVN` → lower-case words with spaces between them. */
const wordsOf = (name: string): string =>
  name
    .normalize('NFC')
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/[_.:\s-]+/g, ' ')
    .toLowerCase()
    .trim();

/** Names of things, not of people. */
const thing =
  /(afdeling|department|enhed|unit|responsibility|ansvar|organi[sz]ation|indsats|mål|maal|ydelse|aktivitet|tilbud|leverandør|gruppe|group|fil|file|system|type|kommune|plan|sag|sags|case|kode|code|skole|team|forløb|fase|model|host|event|product|produkt|resource|display|table|class|tag|field|felt|column|property|attribute|sort|filter) ?(navn|name)$/;

const patterns: readonly (readonly [FieldClass, RegExp])[] = [
  [
    'secret',
    /(token|secret|hemmelig|password|adgangskode|api ?key|assertion|signature|cookie|authorization|private ?key)$/,
  ],
  ['cpr', /(\bcpr|cpr\b|cpr ?(nr|nummer)|person ?(nummer|nr|number|ident\w*)|\bpnr\b|civil ?registration|\bssn\b)/],
  ['birth', /(fødsels?|foedsels?|birth)/],
  ['email', /(e ?mail|\bmail)\w*( ?adresse| ?address)?$/],
  ['phone', /(tele?f(on|phone)?|phone|mobil|\btlf\b|\bfax\b|telecom)/],
  [
    'address',
    /(adresse|address|\bvej|vejnavn|gade|street|hus ?(nr|nummer)|etage|\bdør\b|post ?(nr|nummer|kode|distrikt|code|al)|\bzip\b|\bby\b|bynavn|\bcity\b|bopæl|latitude|longitude|koordinat|\bgeo)/,
  ],
  ['text', thing],
  [
    'name',
    /(navn|name\b|\bname|given|family|initial|kontaktperson|sagsbehandler|\bansvarlig|responsible|medarbejder|performer|author|participant|deltager|pårørende|paaroerende|kaldenavn|alias|værge|vaerge|forælder|foraelder|bruger\b|user\b)/,
  ],
  [
    'text',
    /(tekst|text|\bnote|notat|bemærk|bemaerk|kommentar|comment|beskriv|descr|journal|referat|indhold|content|titel|title|emne|subject|begrundelse|formål|purpose|\bdiv\b|message|besked)/,
  ],
  ['link', /(\burl|\buri|href|\blink|profile|reference|\bsystem)$/],
  [
    'code',
    /(kode|code|type|\bart\b|status|kind|kategori|category|klasse|class|state|tilstand|form|format|\buse\b|mode|intent|gender|køn|koen|\bsex\b|language|sprog|version|relation|\brel\b|method|metode|priorit\w*|severity|rolle|role|paragraf|lovgrundlag|fase|niveau|level)$/,
  ],
];

const classOfName = (name: string): FieldClass | undefined => {
  const words = wordsOf(name);
  return patterns.find(([, pattern]) => pattern.test(words))?.[0];
};

/** Says nothing by itself: what holds it decides. */
const generic = /^(value|values|text|display|line|id|#?text|item|items|data|part|parts|period|system)$/i;

/** The class of the field at a path. What stands below a name, an address or a telephone is one. */
export const classOf = (path: string): FieldClass => {
  const names = namesIn(path);
  const last = names.at(-1) ?? '';
  // A state's, a type's name is a word of the system.
  if (/^(name|navn|label)$/i.test(last) && classOfName(names.at(-2) ?? '') === 'code') return 'code';
  const own = generic.test(last) ? undefined : classOfName(last);
  if (own !== undefined && own !== 'code' && own !== 'link') return own;
  const above = names.slice(-3, -1).map(classOfName);
  // `coding[].display` is a code's word for itself; everywhere else a display is somebody's name.
  if (/^display$/i.test(last)) return /^(coding|code|kode)$/i.test(names.at(-2) ?? '') ? 'code' : 'name';
  const personal = above.findLast(
    (one) => one === 'name' || one === 'address' || one === 'phone' || one === 'email' || one === 'cpr',
  );
  if (own === undefined && personal !== undefined) return personal;
  if (own !== undefined) return own;
  if (/^system$/i.test(last)) return 'link';
  return /^(text|line)$/i.test(last) && names.length > 1 ? 'text' : 'other';
};

/** Recognised as being about a person, for a list people read. */
export const isPersonal = (one: FieldClass): boolean =>
  one === 'cpr' || one === 'name' || one === 'address' || one === 'phone' || one === 'email' || one === 'birth';

/** Ten digits whose first six could be a date, a day 60 too high included, or seven-four with a dash. */
export const cprLike = /(?<!\d)((?:[0-2]\d|3[01]|6[1-9]|[78]\d|9[01])(?:0[1-9]|1[0-2])\d{2})([- ]?)(\d{4})(?!\d)/g;

export const looksLikeCpr = (text: string): boolean => text.search(cprLike) !== -1;
