// The page on which somebody chooses who to be in the sandbox, in Danish or English; plain HTML without a script, one
// button a person, and a way back.
import { Eta } from 'eta';
import type { SignInPerson } from './oidc.ts';

const eta = new Eta({ autoEscape: true });

const style = `
*{box-sizing:border-box}
body{font:1rem/1.5 'IBM Plex Sans',system-ui,sans-serif;color:#1a1a1a;background:#f5f5f5;margin:0}
main{max-width:60rem;margin:0 auto;padding:2rem 1rem}
h1{font-size:1.9rem;line-height:1.25;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2rem 0 .75rem}
ul{list-style:none;margin:0;padding:0;display:grid;gap:.75rem;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr))}
li{display:flex}
button{font:inherit;text-align:left;width:100%;padding:.75rem 1rem;background:#fff;color:inherit;border:1px solid #747474;border-radius:4px;cursor:pointer}
button:hover{background:#eef4fb}
button:focus-visible,a:focus-visible{outline:3px solid #747474;outline-offset:2px}
strong,span{display:block}
span{color:#454545;font-size:.9rem}
.back{width:auto;margin-top:2rem}
a{color:#004d99}
header{display:flex;justify-content:flex-end}
@media (max-width:30rem){main{padding:1rem}}
`;

const words = {
  da: {
    title: 'Log ind i sandkassen',
    lead: 'Egevang Kommune er opdigtet, og personerne findes ikke. Vælg, hvem du vil være.',
    citizen: 'Borgere og deres nærmeste',
    professional: 'Fagpersoner',
    administration: 'Drift og databeskyttelse',
    back: 'Tilbage uden at logge ind',
    other: 'English',
    unknown: 'Adressen er ikke en, der kan bruges. Gå tilbage til Samspil, og log ind igen.',
  },
  en: {
    title: 'Sign in to the sandbox',
    lead: 'Egevang municipality is made up, and its people do not exist. Choose who to be.',
    citizen: 'Citizens and those close to them',
    professional: 'Professionals',
    administration: 'Operation and data protection',
    back: 'Back without signing in',
    other: 'Dansk',
    unknown: 'This address cannot be used. Go back to Samspil and sign in again.',
  },
} as const;

const around = (inner: string): string => `<!doctype html>
<html lang="<%= it.language %>">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title><%= it.words.title %></title>
<style>${style}</style></head>
<body><main>${inner}</main></body>
</html>`;

const chooser = around(`
<header><a href="<%= it.otherUrl %>" lang="<%= it.otherLanguage %>" hreflang="<%= it.otherLanguage %>"><%= it.words.other %></a></header>
<h1><%= it.words.title %></h1>
<p><%= it.words.lead %></p>
<form method="post" action="/choose">
<input type="hidden" name="request" value="<%= it.request %>">
<% for (const group of it.groups) { %><h2><%= group.title %></h2>
<ul>
<% for (const person of group.people) { %><li><button name="person" value="<%= person.id %>"><strong><%= person.name %></strong><span><%= person.about %></span></button></li>
<% } %></ul>
<% } %><button class="back" name="person" value=""><%= it.words.back %></button>
</form>`);
const notice = around('<h1><%= it.words.title %></h1><p><%= it.text %></p>');

const languageOf = (danish: boolean): 'da' | 'en' => (danish ? 'da' : 'en');

export const chooserPage = (
  danish: boolean,
  request: string,
  people: readonly SignInPerson[],
  otherUrl: string,
): string => {
  const language = languageOf(danish);
  const groups = (['citizen', 'professional', 'administration'] as const).map((group) => ({
    title: words[language][group],
    people: people
      .filter((person) => person.group === group)
      .map(({ id, persona, about }) => ({ id, name: persona.name, about: about[danish ? 0 : 1] })),
  }));
  return eta.renderString(chooser, {
    language,
    words: words[language],
    otherLanguage: languageOf(!danish),
    otherUrl,
    request,
    groups: groups.filter(({ people: some }) => some.length > 0),
  });
};

export const noticePage = (danish: boolean, what: 'unknown'): string => {
  const language = languageOf(danish);
  return eta.renderString(notice, { language, words: words[language], text: words[language][what] });
};
