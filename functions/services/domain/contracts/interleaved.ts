/** One of each in turn, for as long as there are any. None is asked for more than is taken. */
export function* interleaved<Item>(sources: readonly Iterable<Item>[]): Generator<Item> {
  const running = new Set(sources.map((source) => source[Symbol.iterator]()));
  while (running.size > 0) {
    for (const iterator of running) {
      const next = iterator.next();
      if (next.done) running.delete(iterator);
      else yield next.value;
    }
  }
}
