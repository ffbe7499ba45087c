/** What a file system says about who may do what with a file. */
export type FileAccess = { readonly uid: number; readonly gid: number; readonly mode: number };

/** The user that a program runs as. */
export type FileUser = { readonly uid: number; readonly groups: readonly number[] };

/** What makes a file unfit to rely on, and the next step. */
export type Exposure = { readonly message: string; readonly hint: string };

/** What is asked of a file beyond that no other user can change it. */
export type ExposureRules = {
  /**
   * Whether no other user may read it either, but for those of its group. Whoever owns it gave it to us on purpose: a key
   * may belong to the program that renews it.
   */
  readonly isSecret?: boolean;
  readonly isDirectory?: boolean;
  /** A group that may change it. */
  readonly trustedGroup?: number | undefined;
  /** Whether the file may be left open to the group that a user has alone, as where the usual umask is 002. */
  readonly allowsOwnGroup?: boolean;
};

/** The user of this process; undefined on Windows, whose files have no such modes. */
function currentUser(): FileUser | undefined {
  const uid = process.geteuid?.();
  return uid === undefined ? undefined : { uid, groups: process.getgroups?.() ?? [] };
}

/**
 * Why a file must not be relied on, as ssh decides it for its own: somebody else could have changed it, or read a
 * secret in it. Root may change everything anyway, and may use the files of any user, as `sudo chat users` does.
 */
export function exposureOf(
  path: string,
  { uid, gid, mode }: FileAccess,
  { isSecret, isDirectory, trustedGroup, allowsOwnGroup }: ExposureRules,
  user = currentUser(),
): Exposure | undefined {
  if (!user) return undefined;
  const name = shellWord(path);
  const octal = (mode & 0o7777).toString(8).padStart(4, '0');
  if (!isSecret && user.uid !== 0 && uid !== 0 && uid !== user.uid) {
    return {
      message: `${path} belongs to another user (uid ${uid}), who can change it`,
      hint: `Run this as that user, or after a check take it over: chown ${isDirectory ? '-R ' : ''}${user.uid} ${name}`,
    };
  }
  const isGroupTrusted = gid === trustedGroup || (allowsOwnGroup === true && uid !== 0 && gid === uid);
  if ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && !isGroupTrusted)) {
    return {
      message: `${path} can be changed by other users (mode ${octal})`,
      hint: `Check that nobody did, then close it: chmod ${isDirectory ? '700' : isSecret ? '600' : 'go-w'} ${name}`,
    };
  }
  if (isSecret && (mode & 0o004) !== 0 && uid === user.uid) {
    return {
      message: `${path} can be read by every user of this machine (mode ${octal})`,
      hint: `Close it: chmod 600 ${name}`,
    };
  }
  return undefined;
}

/**
 * The group that root gave a directory to, so that what is made in it belongs to that group too: how Kubernetes hands a
 * volume to a container (`fsGroup`). It may change what is in there.
 */
export function volumeGroup({ uid, gid, mode }: FileAccess, user = currentUser()): number | undefined {
  const isHandedOver = uid === 0 && gid !== 0 && (mode & 0o2020) === 0o2020;
  return isHandedOver && user?.groups.includes(gid) ? gid : undefined;
}

function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
