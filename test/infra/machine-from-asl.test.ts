import { join, relative } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { stageConfig } from '../../lib/config/stage.ts';
import { AppFunction } from '../../lib/constructs/app-function.ts';
import { MachineFromAsl } from '../../lib/constructs/machine-from-asl.ts';
import { plantTree } from '../support/plant.ts';
import { deployContext } from '../support/synthesized.ts';

const MACHINES = join(import.meta.dirname, '..', '..', 'state-machines');

describe('a machine from a file', () => {
  const withOneToken = {
    'one.asl.json': JSON.stringify({
      StartAt: 'Only',
      States: { Only: { Type: 'Task', Resource: '$\x7BWorker}', End: true } },
    }),
  };

  /** Builds a machine of a planted file with one function behind each of the tokens. */
  async function built(tokens: readonly string[]): Promise<void> {
    await using tree = await plantTree(withOneToken, []);
    const stack = new Stack(
      new App({ context: deployContext('dev'), outdir: join(tree.folder, 'cdk.out') }),
      'Scratch',
    );
    const stage = stageConfig('dev');
    const handler = 'tasks/handlers/task-step.handler.ts';
    const functions = tokens.map((token) => [
      token,
      new AppFunction(stack, token, { stage, handler, description: 'A test', timeout: Duration.seconds(1) }),
    ]);
    const file = relative(MACHINES, join(tree.folder, 'one.asl.json'));
    new MachineFromAsl(stack, 'Machine', {
      runbook: 'task-machine',
      stage,
      file,
      functions: Object.fromEntries(functions),
    });
  }

  it('is made where its tokens and functions agree', async () => {
    await expect(built(['Worker'])).resolves.toBeUndefined();
  });

  it('is refused with a token that has no function', async () => {
    await expect(built([])).rejects.toThrow(/names Worker, but no such function is given\.$/);
  });

  it('is refused with a function that no token names', async () => {
    await expect(built(['Worker', 'Idler'])).rejects.toThrow(/does not use Idler\.$/);
  });
});
