import { describe } from 'vitest';
import { memoryReadModels } from '../../../support/read-models/memory-read-models.ts';
import { readModelContract } from '../../../support/read-models/read-model-contract.ts';

describe('read models in memory', () => {
  readModelContract(async (model) => memoryReadModels(model));
});
