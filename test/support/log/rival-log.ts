import type { EventLog, NewCommit } from '../../../functions/shared/platform/log/event-log.ts';

/**
 * A log where another writer is faster: the first `times` appends find that a rival has just taken their version. `fired` says
 * how often that really happened.
 */
export function rivalLog(log: EventLog, rival: (round: number) => NewCommit, times: number) {
  let fired = 0;
  const contested: EventLog & { fired(): number } = {
    fired: () => fired,
    load: log.load,
    async append(stream, commit) {
      if (fired < times) {
        const outcome = await log.append(stream, rival(fired));
        if (outcome !== 'conflict') fired += 1;
      }
      return log.append(stream, commit);
    },
  };
  return contested;
}
