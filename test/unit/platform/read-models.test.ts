import { describe } from 'vitest';
import { memoryReadModels } from '../../support/memory-read-models.ts';
import { readModelContract } from '../../support/read-model-contract.ts';

describe('read models in memory', () => {
  readModelContract(async (model) => memoryReadModels(model));
});
