// The alerts in Danish: what is wrong, and what to do about it. Names of systems, kinds and units, and counts; never a
// citizen.
import type { AllWords, Values } from './alert-words.ts';

const queues: Readonly<Record<string, string>> = {
  webhooks: 'beskeder til modtagersystemer',
  history: 'hentninger af nytilmeldtes historik',
  notices: 'ændringsbeskeder fra kilden',
};
const anchorStates: Readonly<Record<string, string>> = {
  silent: 'Ingen har set efter ankerfilen i en tid.',
  fails: 'Ankerfilen kan ikke skrives.',
  broken: 'Loggens kæde passer ikke længere med det, ankerfilen siger.',
};
/** Fejl hos en kilde, som kildens side også siger dem. */
const errors: Readonly<Record<string, string>> = {
  'source/unauthorised': 'Kilden afviser den adgang, Samspil er sat op med.',
  'source/forbidden': 'Kilden kender os, men giver os ikke lov.',
  'source/not-found': 'Kilden har ikke det, vi spørger efter.',
  'source/bad-request': 'Kilden forstår ikke vores spørgsmål.',
  'source/bad-answer': 'Kilden svarede med noget, vi ikke kan læse.',
  'source/not-delivered': 'Den fil, der skulle komme, er ikke kommet.',
  'source/unreachable': 'Kilden kan ikke nås.',
  'source/timeout': 'Kilden svarede ikke i tide.',
  'source/unavailable': 'Kilden er nede eller overbelastet.',
  'source/rate-limited': 'Kilden beder os om at spørge langsommere.',
};
/** Why a webhook was disabled. */
const reasons: Readonly<Record<string, string>> = {
  failing: 'Intet er nået frem i 75 timer.',
  gone: 'Modtageren svarer, at adressen ikke findes mere.',
};
const outcomes: Readonly<Record<string, string>> = {
  refused: 'afvist af modtageren',
  failing: 'modtageren har en fejl',
  timeout: 'modtageren svarer ikke i tide',
  unreachable: 'modtageren kan ikke nås',
  tls: 'forbindelsen er ikke sikker',
};
const namedOf = (v: Values): string =>
  `${v.text(v.has('kinds') ? 'kinds' : 'kind')}${v.number('more') === 0 ? '' : ` og ${v.count('more')} til`}`;
const kindsOf = (v: Values): string => (v.has('kinds') ? `: ${namedOf(v)}` : '');
const days = (left: number): string =>
  left < 0 ? 'er udløbet' : left === 0 ? 'udløber i dag' : left === 1 ? 'udløber om 1 dag' : `udløber om ${left} dage`;

export const danish: AllWords = {
  'source-late': (v) => ({
    title: `${v.text('source')} er forsinket`,
    what: `Kilden blev sidst hentet helt ${v.time('syncedAt')}. Læserne ser, at dens oplysninger er forsinkede.`,
    next: 'Se på kildens side, hvad der gik galt sidst, og hvis tur det er.',
  }),
  'source-failing': (v) => ({
    title: `${v.text('source')}${kindsOf(v)} kan ikke hentes`,
    what: `${errors[v.text('code')] ?? `Fejlen er ${v.text('code')}.`} ${v.has('pulledAt') ? `Sidst hentet uden fejl ${v.time('pulledAt')}.` : 'Det er aldrig hentet helt.'}`,
    next: 'Kildens side siger, hvad der er spurgt efter og med hvilken adgang, og hvad der skal gøres. Prøv forbindelsen dér.',
  }),
  'breaker-open': (v) => ({
    title: `${v.text('source')} svarer ikke`,
    what: `${errors[v.text('code')] ?? `Fejlen er ${v.text('code')}.`} Efter gentagne fejl spørges den kun nu og da, så den ikke belastes.`,
    next: 'Spørg leverandøren, om systemet er nede. Hentningen går i gang af sig selv, når kilden svarer.',
  }),
  'deletion-held': (v) => ({
    title: `${v.text('source')}: ${v.of('missing', 'sletning', 'sletninger')} af ${v.text('kind')} holdes tilbage`,
    what: `${v.count('missing')} af ${v.of('stored', 'oplysning', 'oplysninger')} mangler i kildens seneste udtræk. Intet slettes, før nogen godkender det.`,
    next: 'Spørg leverandøren. Godkend sletningen, når den er rigtig; er den ikke, retter næste fulde udtræk den.',
  }),
  'drift-held': (v) => ({
    title: `${v.text('source')}: ${v.text('kind')} har ændret form og venter`,
    what: `${v.of('findings', 'ændring', 'ændringer')} i det, kilden sender, venter på et menneske. Imens hentes ${v.text('kind')} ikke.`,
    next: 'Se ændringerne. Er de rigtige, så godkend dem; ellers ret mappingen, eller spørg leverandøren.',
  }),
  'quarantine-large': (v) => ({
    title: `${v.text('source')}: ${v.of('records', 'oplysning', 'oplysninger')} af slagsen ${v.text('kind')} i karantæne`,
    what: 'De kunne ikke gemmes og mangler i borgernes planer.',
    next: 'Se årsagerne i karantænen, ret mappingen, og prøv dem igen.',
  }),
  'quarantine-growing': (v) => ({
    title: `${v.text('source')}: karantænen for ${v.text('kind')} vokser`,
    what: `${v.of('records', 'oplysning', 'oplysninger')} kom i karantæne den seneste time.`,
    next: 'Se årsagerne i karantænen; det kan være en ny kode eller et nyt felt hos kilden.',
  }),
  'credential-ends': (v) => ({
    title: `${v.text('source')}: ${v.text('what')} ${days(v.number('days'))}`,
    what: `Adgangen til kilden gælder til ${v.day('at')}. Derefter afviser kilden alle hentninger.`,
    next: 'Forny det, og ret datoen i opsætningen.',
  }),
  'schedule-rearmed': (v) => ({
    title: `${v.text('source')}: tidsplanen for ${namedOf(v)} går i stå`,
    what: `Vagten måtte selv starte hentningen ${v.of('times', 'gang', 'gange')} den seneste time.`,
    next: 'Se efter, om arbejdsprocesserne kører, og om køens lager svarer.',
  }),
  'log-unsealed': (v) => ({
    title: 'Adgangsloggen bliver ikke forseglet',
    what: `Poster i adgangsloggen har ventet på forsegling siden ${v.time('since')}. Sker det ikke inden et kvarter, svarer Samspil ikke mere, og ingen kan se en plan.`,
    next: 'Se efter, om webprocesserne kører, og om databasen har plads. Kontrollér så loggen (samspil log verify).',
  }),
  'log-anchor': (v) => ({
    title: 'Adgangsloggens anker skrives ikke',
    what: anchorStates[v.text('state')] ?? '',
    next: 'Kontrollér loggen (samspil log verify), og se efter filen, som log.anchorFile i opsætningen nævner.',
  }),
  'purge-overdue': (v) => ({
    title: `${v.text('consumer')} har ikke bekræftet sletning`,
    what: `Siden ${v.time('since')} har systemet ikke ${v.number('records') === 0 ? 'hentet, hvad der er sket' : `bekræftet at have slettet ${v.of('records', 'oplysning', 'oplysninger')}`}. Fristen er overskredet, og borgeres data kan ligge, hvor de ikke må.`,
    next: 'Kontakt systemets ansvarlige.',
  }),
  'webhook-disabled': (v) => ({
    title: `Webhook til ${v.text('consumer')} er slået fra`,
    what: `${reasons[v.text('reason')] ?? `${v.text('reason')}:`} ${v.text('host')} har ikke fået besked siden ${v.time('since')}.`,
    next: 'Kontakt systemets ansvarlige. Når systemet er klar, så spørg adressen igen på webhookens side.',
  }),
  'consumer-lagging': (v) => ({
    title: `${v.text('consumer')} henter ikke ændringer`,
    what: `Systemet har ikke hentet, hvad der er sket siden ${v.time('since')}.`,
    next: 'Kontakt systemets ansvarlige: dets kopi er forældet.',
  }),
  'emergency-access': (v) => ({
    title:
      v.number('count') === 1
        ? `Nødadgang er brugt ${v.day('day')}`
        : `Nødadgang er brugt ${v.count('count')} gange ${v.day('day')}`,
    what: 'En fagperson har åbnet en plan uden samtykke, fordi det hastede.',
    next: 'Se hvem, hvorfor og hos hvem i adgangsloggen.',
  }),
  'journal-waiting': (v) => ({
    title: `${v.text('unit')}: ${v.of('items', 'indlæg', 'indlæg')} mangler at blive journaliseret`,
    what: `Det ældste er fra ${v.day('oldest')} og har ventet længere, end det må.`,
    next: 'Mind enheden om at journalisere og bekræfte.',
  }),
  'queue-depth': (v) => ({
    title: `Kø: ${v.count('due')} ${queues[v.text('queue')] ?? v.text('queue')}`,
    what: `Arbejdet hober sig op${v.text('source') === '' ? '' : ` for ${v.text('source')}`}.`,
    next: 'Se efter, om arbejdsprocesserne kører og følger med.',
  }),
  'key-age': (v) => ({
    title: 'Krypteringsnøglen bør skiftes',
    what: `Nøglen ${v.text('key')} har været i brug siden ${v.day('since')}.`,
    next: 'Tilføj en ny nøgle til nøglefilen, og gør den til den gældende.',
  }),
  'database-size': (v) => ({
    title: `Databasen fylder ${v.count('gigabytes')} GB`,
    what: 'Den er vokset over den grænse, der er sat for den.',
    next: 'Se efter pladsen på disken, eller flyt grænsen.',
  }),
  'notice-undelivered': (v) => ({
    title: `Alarmer når ikke frem til ${v.text('contact')}`,
    what: `${v.text('channel') === 'mail' ? v.of('messages', 'mail', 'mails') : v.of('messages', 'besked til webhook', 'beskeder til webhook')} er ikke leveret: ${outcomes[v.text('outcome')] ?? v.text('outcome')}.`,
    next: 'Ret alerts.smtp i opsætningen eller kontaktens adresse, og send en prøve fra siden med kontakter.',
  }),
};

export const danishFrame = {
  severity: { warning: 'advarsel', critical: 'kritisk' },
  subject: {
    warning: 'Advarsel',
    critical: 'Kritisk',
    worsened: 'Forværret',
    resolved: 'Løst',
    digest: 'Dagens status',
    trial: 'Prøve',
  },
  since: 'Siden',
  over: (from: string, to: string) => `Det begyndte ${from} og var løst ${to}. Du skal ikke gøre noget.`,
  next: 'Gør',
  link: 'Se det i Samspil',
  trial: 'Dette er en prøve. Alarmer om Samspil kommer hertil.',
  digest: {
    open: (n: number) => (n === 0 ? 'Intet er galt lige nu.' : n === 1 ? '1 alarm er åben:' : `${n} alarmer er åbne:`),
    lately: (opened: number, resolved: number) => `Det seneste døgn: ${opened} nye, ${resolved} løst.`,
    snoozed: (n: number) => `${n} er sat på pause.`,
    more: (n: number) => `… og ${n} til.`,
  },
  footer: (municipality: string) => `Sendt af Samspil i ${municipality}, fordi adressen står som kontakt for alarmer.`,
} as const;
