import { statfs } from 'node:fs/promises';

/** What a kind of file system means for what is kept on it. */
export type Keeping = 'kept' | 'memory' | 'layer' | 'network' | 'unclear';

export interface FileSystem {
  readonly name: string;
  readonly keeping: Keeping;
}

/** By the number that Linux gives each kind (linux/magic.h). */
const KINDS: ReadonlyMap<number, FileSystem> = new Map([
  [0xef53, { name: 'ext4', keeping: 'kept' }],
  [0x58465342, { name: 'xfs', keeping: 'kept' }],
  [0x9123683e, { name: 'btrfs', keeping: 'kept' }],
  [0x2fc12fc1, { name: 'zfs', keeping: 'kept' }],
  [0xf2f52010, { name: 'f2fs', keeping: 'kept' }],
  [0xca451a4e, { name: 'bcachefs', keeping: 'kept' }],
  [0x01021994, { name: 'tmpfs', keeping: 'memory' }],
  [0x858458f6, { name: 'ramfs', keeping: 'memory' }],
  [0x794c7630, { name: 'overlayfs', keeping: 'layer' }],
  [0x6969, { name: 'NFS', keeping: 'network' }],
  [0xff534d42, { name: 'CIFS', keeping: 'network' }],
  [0xfe534d42, { name: 'SMB', keeping: 'network' }],
  [0x517b, { name: 'SMB', keeping: 'network' }],
  [0x00c36400, { name: 'Ceph', keeping: 'network' }],
  [0x0bd00bd0, { name: 'Lustre', keeping: 'network' }],
  [0x5346414f, { name: 'AFS', keeping: 'network' }],
  [0x01021997, { name: '9p', keeping: 'unclear' }],
  [0x65735546, { name: 'FUSE', keeping: 'unclear' }],
]);

/** The kind of file system under a folder; `undefined` where it is unknown, or the system numbers them otherwise. */
export async function fileSystemOf(folder: string): Promise<FileSystem | undefined> {
  if (process.platform !== 'linux') return undefined;
  const { type } = await statfs(folder);
  return KINDS.get(type);
}
