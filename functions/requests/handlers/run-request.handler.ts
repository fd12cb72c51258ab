import middy from '@middy/core';
import { ownRunner } from '../adapters/own-runner.ts';
import type { RunOrder } from '../adapters/request-orders.ts';

const run = ownRunner();

export const handler = middy<RunOrder, void>(async ({ requestId, until }: RunOrder) => run(requestId, until));
