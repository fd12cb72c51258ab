import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';

/** The emulator fails where a log begins while it reads its list of them, which it does for as long as functions start. */
const logs = new CloudWatchLogsClient({ maxAttempts: 10 });

/** The deployed functions whose logs hold a text, by the names of their constructs, sorted. */
export async function functionsThatTell(text: string): Promise<string[]> {
  const told = await Promise.all(
    (await functionLogs()).map(async (one) => ((await holds(one.group, text)) ? [one.fn] : [])),
  );
  return told.flat().sort();
}

/** `…Maos-local-Tasks-TaskFollowerFnLogs1A2B3C4D…` (or `/` before the construct's name) is the log of TaskFollower. */
async function functionLogs(): Promise<{ fn: string; group: string }[]> {
  const found: { fn: string; group: string }[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client: logs }, {})) {
    for (const { logGroupName: group = '' } of logGroups) {
      const [, fn] = /Maos-local-\w+[-/](\w+?)(?:Fn)?Logs[0-9A-F]{8}/.exec(group) ?? [];
      if (fn !== undefined) found.push({ fn, group });
    }
  }
  return found;
}

async function holds(logGroupName: string, text: string): Promise<boolean> {
  const pages = paginateFilterLogEvents({ client: logs }, { logGroupName, filterPattern: `"${text}"` });
  for await (const { events = [] } of pages) {
    if (events.some(({ message }) => message?.includes(text))) return true;
  }
  return false;
}
