import { projectionHandler } from '../adapters/projection-handler.ts';

export const handler = projectionHandler('sagas');
