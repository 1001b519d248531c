// How it looks: one constructed sheet for all components of a page, so that a host's policy needs no inline styles.
// Hosts change the custom properties and the parts; widths are those of the component, not of the window.

const css = `
:host {
  --_text: var(--samspil-text, #1a1a1a);
  --_muted: var(--samspil-muted, #555);
  --_surface: var(--samspil-surface, #fff);
  --_card: var(--samspil-card, #f7f7f7);
  --_line: var(--samspil-line, #8a8a8a);
  --_accent: var(--samspil-accent, #0b4f8a);
  --_accent-text: var(--samspil-accent-text, #fff);
  --_good: var(--samspil-good, #1c6b30);
  --_warn: var(--samspil-warn, #7a4a00);
  --_warn-surface: var(--samspil-warn-surface, #fff4d6);
  --_bad: var(--samspil-bad, #a3141b);
  --_bad-surface: var(--samspil-bad-surface, #fdecec);
  --_radius: var(--samspil-radius, 4px);
  --_space: var(--samspil-space, 16px);
  display: block;
  container-type: inline-size;
  color: var(--_text);
  background: var(--_surface);
  font: 16px/1.5 var(--samspil-font, system-ui, sans-serif);
  text-align: start;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
h2, h3, h4, h5, h6, p, ul, ol, dl, dd { margin: 0; padding: 0; }
.root { padding: var(--_space); overflow-wrap: anywhere; }
.title { font-size: 1.5em; line-height: 1.25; font-weight: 600; }
.head { display: flex; flex-wrap: wrap; gap: 4px var(--_space); align-items: baseline; justify-content: space-between; margin-block-end: 8px; }
.about { color: var(--_muted); }
.grid { display: grid; gap: calc(var(--_space) * 1.5); margin-block-start: var(--_space); }
.section > .heading { font-size: 1.2em; font-weight: 600; padding-block-end: 4px; border-block-end: 2px solid var(--_accent); margin-block-end: 8px; display: flex; justify-content: space-between; gap: 8px; }
.count { color: var(--_muted); font-weight: 400; font-variant-numeric: tabular-nums; }
.list { list-style: none; display: grid; gap: 8px; }
.item { background: var(--_card); border: 1px solid color-mix(in srgb, var(--_line) 45%, transparent); border-radius: var(--_radius); padding: 12px; min-width: 0; }
.item > .name { font-weight: 600; font-size: 1em; line-height: 1.35; }
.badges { display: flex; flex-wrap: wrap; gap: 6px; margin-block: 4px; }
.badge { display: inline-block; border: 1px solid currentcolor; border-radius: 999px; padding: 0 10px; font-size: .875em; line-height: 1.6; color: var(--_muted); background: var(--_surface); }
.badge.good { color: var(--_good); }
.badge.busy { color: var(--_accent); }
.badge.warn { color: var(--_warn); background: var(--_warn-surface); }
.steps { display: flex; gap: 4px; margin-block: 6px 2px; }
.steps > span { height: 6px; flex: 1; border-radius: 3px; border: 1px solid var(--_line); }
.steps > .done { background: var(--_accent); border-color: var(--_accent); }
.facts { display: grid; gap: 2px; margin-block-start: 6px; font-size: .9375em; }
.fact { display: grid; grid-template-columns: minmax(7em, 9em) 1fr; gap: 8px; }
dt { color: var(--_muted); }
dd { min-width: 0; }
.foot { display: flex; flex-wrap: wrap; gap: 2px 12px; margin-block-start: 6px; font-size: .875em; color: var(--_muted); align-items: baseline; }
a { color: var(--_accent); text-underline-offset: 2px; }
a:hover { text-decoration-thickness: 2px; }
p:empty { display: none; }
.text { white-space: pre-line; }
.notice { border-inline-start: 4px solid var(--_warn); background: var(--_warn-surface); padding: 10px 12px; border-radius: var(--_radius); margin-block: 8px; }
.notice.error { border-color: var(--_bad); background: var(--_bad-surface); padding: var(--_space); }
.notice .name { font-weight: 600; }
.notice > .list { gap: 4px; padding-block: 0; }
.notice.section > .list { gap: 10px; }
.sides { list-style: none; margin-block-start: 2px; display: grid; gap: 2px; }
.quiet { color: var(--_muted); }
.limits { margin-block-start: calc(var(--_space) * 1.5); padding-block-start: 8px; border-block-start: 1px solid var(--_line); color: var(--_muted); font-size: .9375em; }
button { font: inherit; color: var(--_accent); background: var(--_surface); border: 1px solid var(--_accent); border-radius: var(--_radius); padding: 6px 14px; min-height: 40px; cursor: pointer; margin-block-start: 8px; margin-inline-end: 8px; }
button:hover { background: var(--_accent); color: var(--_accent-text); }
:focus-visible { outline: 3px solid var(--_accent); outline-offset: 2px; }
summary { cursor: pointer; color: var(--_accent); width: fit-content; padding-block: 4px; border-radius: var(--_radius); }
.when { font-weight: 600; }
.when::first-letter { text-transform: uppercase; }
.freshness { font-size: .9375em; }
.freshness .list { gap: 4px; padding-block: 4px; }
.source { display: flex; flex-wrap: wrap; gap: 4px 10px; align-items: baseline; }
.bone { background: color-mix(in srgb, var(--_line) 25%, transparent); border-radius: var(--_radius); min-height: 72px; }
.bone.short { min-height: 28px; width: 40%; }
.course > li { display: grid; gap: 0 16px; }
.course { border-inline-start: 3px solid var(--_accent); padding-inline-start: 14px; gap: 14px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media print {
  button { display: none; }
  .item, .notice, .course > li { break-inside: avoid; }
  .heading { break-after: avoid; }
}
@media (prefers-reduced-motion: no-preference) {
  .bone { animation: breathe 1.6s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: .5; } }
}
@container (max-width: 420px) {
  .root { padding: calc(var(--_space) * .75); }
  .fact { grid-template-columns: 1fr; gap: 0; margin-block-start: 2px; }
}
@container (min-width: 720px) {
  .grid { grid-template-columns: 1fr 1fr; }
  .wide { grid-column: 1 / -1; }
  .wide > .cards { grid-template-columns: 1fr 1fr; column-gap: calc(var(--_space) * 1.5); }
  .course > li { grid-template-columns: 13em 1fr; }
}
`;

let sheet;
/** Made when first needed, shared by every component on the page. */
export const styleSheet = () => {
  if (sheet === undefined) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  return sheet;
};
