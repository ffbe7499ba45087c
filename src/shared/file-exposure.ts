/** Owner and permissions of a file. */
export type FileAccess = { readonly uid: number; readonly gid: number; readonly mode: number };

/** The user that a program runs as. */
export type FileUser = { readonly uid: number; readonly groups: readonly number[] };

/** Why a file cannot be trusted, and what to do. */
export type Exposure = { readonly message: string; readonly hint: string };

/** Conditions for a file, besides that no other user can change it. */
export type ExposureRules = {
  /** Whether no user outside its group may read it. Any owner is accepted: another program may renew a key. */
  readonly isSecret?: boolean;
  readonly isDirectory?: boolean;
  /** A group that may change it. */
  readonly trustedGroup?: number | undefined;
  /** Whether the owner's private group may change it, as with a umask of 002. */
  readonly allowsOwnGroup?: boolean;
};

/** Undefined on Windows, whose files have no such modes. */
function currentUser(): FileUser | undefined {
  const uid = process.geteuid?.();
  return uid === undefined ? undefined : { uid, groups: process.getgroups?.() ?? [] };
}

/** Why a file cannot be trusted, by the rules of ssh. Root may use the files of any user (`sudo chat users`). */
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
      hint: `Run this as that user, or check it and take it over: chown ${isDirectory ? '-R ' : ''}${user.uid} ${name}`,
    };
  }
  const isGroupTrusted = gid === trustedGroup || (allowsOwnGroup === true && uid !== 0 && gid === uid);
  if ((mode & 0o002) !== 0 || ((mode & 0o020) !== 0 && !isGroupTrusted)) {
    return {
      message: `${path} can be changed by other users (mode ${octal})`,
      hint: `Check that no one did, then run: chmod ${isDirectory ? '700' : isSecret ? '600' : 'go-w'} ${name}`,
    };
  }
  if (isSecret && (mode & 0o004) !== 0 && uid === user.uid) {
    return {
      message: `${path} can be read by every user of this machine (mode ${octal})`,
      hint: `Run: chmod 600 ${name}`,
    };
  }
  return undefined;
}

/** The group to which root gave a directory by the setgid bit, as Kubernetes does for a volume (`fsGroup`). */
export function volumeGroup({ uid, gid, mode }: FileAccess, user = currentUser()): number | undefined {
  const isGroupVolume = uid === 0 && gid !== 0 && (mode & 0o2020) === 0o2020;
  return isGroupVolume && user?.groups.includes(gid) ? gid : undefined;
}

function shellWord(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
