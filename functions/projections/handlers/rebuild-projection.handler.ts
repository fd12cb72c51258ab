import type { Context } from 'aws-lambda';
import type { RebuildStep } from '../../contracts/projections.ts';
import { REBUILD_SEGMENTS } from '../../contracts/projections.ts';
import { dynamoLogScan } from '../../shared/platform/log/log-scan.ts';
import { dynamoSegments } from '../adapters/dynamo-segments.ts';
import { ownProjections } from '../adapters/own-projections.ts';
import type { RebuildPorts } from '../adapters/rebuild.ts';
import { fillSegment } from '../adapters/rebuild.ts';
import { assertComplete, giveUpRebuild, switchToRebuilt } from '../adapters/rebuild-end.ts';

const own = ownProjections();
const { client, tables } = own;
const ports: RebuildPorts = {
  ...own,
  scan: dynamoLogScan(client, tables.eventLog, REBUILD_SEGMENTS),
  segments: dynamoSegments({ client, table: tables.projections }),
};

/** Left for the page that was begun. */
const REST_MS = 30_000;

/** One step of the machine that rebuilds a projection (state-machines/rebuild-projection.asl.json). */
export async function handler(step: RebuildStep, context: Context): Promise<{ isDone: boolean }> {
  switch (step.step) {
    case 'fill': {
      const isTimeUp = () => context.getRemainingTimeInMillis() < REST_MS;
      return { isDone: await fillSegment(ports, step, step.segment, isTimeUp) };
    }
    case 'compare':
      await assertComplete(ports, step);
      return { isDone: true };
    case 'switch':
      await switchToRebuilt(ports, step);
      return { isDone: true };
    case 'give-up':
      await giveUpRebuild(ports, step, step.cause);
      return { isDone: true };
  }
}
