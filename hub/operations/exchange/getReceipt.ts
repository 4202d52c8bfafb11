import { Problem } from '../../../terms/problem.ts';
import type { ExchangeOperation } from '../../exchange/call.ts';
import type { Services } from '../services.ts';

export const getReceipt =
  (_services: Services): ExchangeOperation =>
  () => {
    throw new Problem('not_found');
  };
