import { createHash } from 'node:crypto';

const settings = {
  // A Unix socket in a folder only we may enter; no port at all.
  listen_addresses: '',
  port: '5432',
  unix_socket_permissions: '0700',
  // An explanation that was confirmed survives a power cut.
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Ten for the queue of each family of methods and ten for everything else, at most.
  max_connections: '100',
  // For a machine that does other work too: model processes need the memory.
  shared_buffers: '64MB',
  max_wal_size: '512MB',
  io_method: 'sync',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  lc_messages: 'C',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  logging_collector: 'off',
  log_destination: 'stderr',
  log_line_prefix: '%m [%p] ',
} as const;

/**
 * Arguments of `postgres`. They win over the files in the data folder, so that a new release of ours brings its settings
 * along. `name` tells a server with these very settings from an older one.
 */
export function describeServer(data: string, socket: string, version: string): { readonly name: string; readonly args: readonly string[] } {
  const given = Object.entries({ ...settings, unix_socket_directories: socket }).map(([key, value]) => `${key}=${value}`);
  const name = `vitrine-${createHash('sha256')
    .update([version, ...given].join('\n'))
    .digest('hex')
    .slice(0, 16)}`;
  return { name, args: ['-D', data, ...[...given, `cluster_name=${name}`].flatMap((setting) => ['-c', setting])] };
}
