// The two functions of the keyboard walk that run inside the page. Each stands alone: the browser gets their text and
// nothing around them, so what both need is left on the page's global between the calls.

interface Candidate {
  readonly label: string;
  readonly name: string;
  /** The radio group it belongs to; the group is one stop. */
  readonly group: string | undefined;
}

type Stop =
  | { readonly kind: 'stop'; readonly index: number; readonly shows: boolean }
  | { readonly kind: 'outside' }
  | { readonly kind: 'other' };

interface Tour {
  readonly elements: readonly Element[];
  readonly before: readonly string[];
  look(element: Element): string;
}

type InPage = typeof globalThis & {
  tour?: Tour;
  readonly axe: {
    setup(root: Element): void;
    teardown(): void;
    readonly commons: { readonly text: { accessibleText(element: Element): string } };
  };
};

/** Finds everything that can be tabbed to, notes how each looks without the focus, and puts the focus before it all. */
export const prepareTour = (): readonly Candidate[] => {
  const here = globalThis as InPage;
  const selector =
    'a[href], area[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable=true]';
  const all = (root: Document | ShadowRoot): readonly Element[] =>
    [...root.querySelectorAll('*')].flatMap((element) => [
      element,
      ...(element.shadowRoot === null ? [] : all(element.shadowRoot)),
    ]);
  const tabbable = (element: Element): boolean =>
    element.matches(selector) &&
    !element.matches(':disabled') &&
    element.closest('[inert]') === null &&
    (element as HTMLElement).tabIndex >= 0 &&
    element.checkVisibility({ visibilityProperty: true });
  const elements = all(document).filter(tabbable);
  const painted = ['', '::before', '::after'];
  const looks = (element: Element | null): string =>
    element === null
      ? ''
      : painted
          .map((pseudo) => {
            const style = getComputedStyle(element, pseudo);
            const outline = style.outlineStyle === 'none' ? '' : `${style.outlineWidth} ${style.outlineColor}`;
            const { boxShadow, borderColor, borderWidth, backgroundColor, textDecoration, color } = style;
            return [outline, boxShadow, borderColor, borderWidth, backgroundColor, textDecoration, color].join('|');
          })
          .join('/');
  // A styled checkbox shows its focus on the label beside it.
  const look = (element: Element): string =>
    [element, element.parentElement, element.nextElementSibling].map(looks).join('//');
  (document.activeElement as HTMLElement | null)?.blur();
  getSelection()?.removeAllRanges();
  here.tour = { elements, before: elements.map(look), look };
  here.axe.setup(document.documentElement);
  const found = elements.map((element): Candidate => {
    const name = here.axe.commons.text.accessibleText(element).trim();
    const { type, name: group } = element as HTMLInputElement;
    const id = element.id === '' ? '' : `#${element.id}`;
    return {
      label: `${element.localName}${id} "${name.slice(0, 60)}"`,
      name,
      group: element.localName === 'input' && type === 'radio' ? group : undefined,
    };
  });
  here.axe.teardown();
  return found;
};

/** Where the focus is now, and whether that can be seen. */
export const stopHere = (): Stop => {
  const { tour } = globalThis as InPage;
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  if (tour === undefined || active === null || active === document.body || active === document.documentElement)
    return { kind: 'outside' };
  const index = tour.elements.indexOf(active);
  if (index === -1) return { kind: 'other' };
  return { kind: 'stop', index, shows: active.matches(':focus-visible') && tour.look(active) !== tour.before[index] };
};
