import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { FAKE_CREDENTIALS } from './endpoint.ts';

const SHOWN = 40;
const LINE_CHARS = 300;

/** The last errors that functions logged, a line each, for whoever looks for the reason of a failed test when its cloud is gone. */
export async function functionErrors(cloud: { endpoint: string; region: string }): Promise<string[]> {
  const client = new CloudWatchLogsClient({ ...cloud, credentials: FAKE_CREDENTIALS, maxAttempts: 10 });
  const lines: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) lines.push(...(await errorsIn(client, logGroupName)));
  }
  return lines.sort().slice(-SHOWN);
}

async function errorsIn(client: CloudWatchLogsClient, logGroupName: string | undefined): Promise<string[]> {
  const found: string[] = [];
  for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, filterPattern: '"ERROR"' })) {
    for (const { message } of events) found.push(...shortened(message));
  }
  return found;
}

/** When, who, what; lines that no logger of ours wrote are left out. */
function shortened(line = ''): string[] {
  try {
    const { level, timestamp, service, message, error, sagaId = '', stepId = '', taskId = '' } = JSON.parse(line);
    if (level !== 'ERROR') return [];
    const reason = `${error?.name ?? ''} ${error?.message ?? ''}`;
    const text = [timestamp, service, message, sagaId, stepId, taskId, reason].filter((part) => part !== '').join(' ');
    return [text.replaceAll('\n', ' ').slice(0, LINE_CHARS)];
  } catch {
    return [];
  }
}
