import type { PoolClient } from 'pg';

/** An open transaction: statements sent through it stand or fall together. */
export type Transaction = PoolClient;
