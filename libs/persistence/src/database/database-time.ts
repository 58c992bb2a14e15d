import type { Transaction } from './database.js';

/** The database's clock: leases and times of jobs know no other. */
export async function databaseTime(transaction: Transaction): Promise<Date> {
  const rows = await transaction.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  const now = rows[0]?.now;
  if (now === undefined) throw new RangeError('the database did not tell its time');
  return now;
}
