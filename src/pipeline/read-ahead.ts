// One page ahead: while a page is stored, the source is already asked for the next, so that waiting for the source and
// waiting for the database go together. A failure ahead is told only when its page's turn has come.

export async function* readAhead<Page>(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  const source = pages[Symbol.asyncIterator]();
  const ask = (): Promise<IteratorResult<Page>> => {
    const next = source.next();
    next.catch(() => undefined);
    return next;
  };
  let coming = ask();
  try {
    for (;;) {
      const page = await coming;
      if (page.done === true) return;
      coming = ask();
      yield page.value;
    }
  } finally {
    // Whoever stops early lets the source end what it is doing before it is closed.
    await coming.catch(() => undefined);
    await source.return?.();
  }
}
