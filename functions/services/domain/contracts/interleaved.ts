/** One of each in turn, for as long as there are any. */
export function* interleaved<Item>(sources: readonly Iterable<Item>[]): Generator<Item> {
  let running = sources.map((source) => source[Symbol.iterator]());
  while (running.length > 0) {
    const round = running.map((iterator) => ({ iterator, next: iterator.next() }));
    for (const { next } of round) if (!next.done) yield next.value;
    running = round.filter(({ next }) => !next.done).map(({ iterator }) => iterator);
  }
}
