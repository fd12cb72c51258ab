import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Context, DynamoDBStreamEvent } from 'aws-lambda';
import { handler as publish } from '../../../functions/events/handlers/publish-events.handler.ts';

/**
 * The publisher's own handler in a process that is killed: not an error that something could catch, but SIGKILL. Where, and how often,
 * the test says by two files in a folder that both see.
 */
const FOLDER = process.env.KILL_FOLDER ?? '';
const KILLS_A_POINT = Number(process.env.KILLS_A_POINT);

function read(file: string): string {
  return readFileSync(join(FOLDER, file), 'utf8');
}

function diesAt(point: string): void {
  const kills = read('kills').split('\n');
  if (read('point') !== point || kills.filter((one) => one === point).length >= KILLS_A_POINT) return;
  appendFileSync(join(FOLDER, 'kills'), `${point}\n`);
  process.kill(process.pid, 'SIGKILL');
}

/** Every call of a client goes by here. */
function around(client: { prototype: { send: unknown } }, before: string | undefined, after: string): void {
  const send = client.prototype.send as (...args: unknown[]) => Promise<unknown>;
  client.prototype.send = async function sent(...args: unknown[]) {
    if (before !== undefined) diesAt(before);
    const answer = await send.apply(this, args);
    diesAt(after);
    return answer;
  };
}

around(EventBridgeClient, 'before PutEvents', 'after PutEvents');
around(DynamoDBDocumentClient, undefined, 'before the batch is acknowledged');

export async function handler(event: DynamoDBStreamEvent, context: Context): Promise<unknown> {
  diesAt('before the batch is read');
  return publish(event, context);
}
