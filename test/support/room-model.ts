import { memberChange, messageKind, past, roomChange, roomRole, roomType } from '../../src/shared/message.js';
import type { FoldEntry } from '../../src/server/rooms/rooms.js';

/** Rooms as lists of what happened, each question answered by reading them from the start. Knows nothing of the fold. */
export class RoomModel {
  readonly #valid: { readonly entry: FoldEntry; readonly actor: string; readonly time: number }[] = [];

  add(entry: FoldEntry): boolean {
    const isValid = this.#isValid(entry);
    if (isValid) {
      const { detail, timestamp } = entry.message();
      this.#valid.push({ entry, actor: detail?.account ?? '', time: timestamp });
    }
    return isValid;
  }

  firstVisible(account: string, number: number): number | undefined {
    if (number === 0) return 0;
    const created = this.#created(number);
    if (!created) return undefined;
    const since = this.#members(number).find(({ id }) => id === account)?.since;
    if (created.type === roomType.open)
      return this.#bannedUntil(number, account) === undefined ? number : undefined;
    if (since === undefined) return undefined;
    return created.type === roomType.direct || created.past === past.all ? number : since;
  }

  #isValid(entry: FoldEntry): boolean {
    const { room, kind } = entry;
    const { detail, timestamp: time } = entry.message();
    const actor = detail?.account ?? '';
    if (room === 0) return kind === messageKind.message;
    const change = detail?.roomChange;
    if (change?.what === roomChange.created) {
      const participants = new Set([actor, ...change.members.map(({ account }) => account)]);
      if (change.type !== roomType.direct) return /^[xyz]$/.test(change.name) && !this.#isTaken(change.name);
      return participants.size > 1 && !this.#hasDirect(participants);
    }
    const created = this.#created(room);
    if (!created) return false;
    const members = this.#members(room);
    const self = members.find(({ id }) => id === actor);
    const isArchived = this.#isArchived(room);
    const isBanned = (id: string) => isPending(this.#bannedUntil(room, id), time);
    const member = detail?.memberChange;
    if (member?.what === memberChange.joined) {
      return created.type === roomType.open && !self && !isArchived && !isBanned(actor);
    }
    if (!self) return false;
    if (kind === messageKind.message) return !isArchived && !isPending(this.#mutedUntil(room, actor), time);
    if (created.type === roomType.direct) return false;
    const isModerator = self.isModerator;
    if (change) {
      if (!isModerator) return false;
      if (change.what === roomChange.unarchived) return isArchived && !this.#isTaken(this.#name(room));
      if (change.what !== roomChange.renamed) return !isArchived;
      const isOwn = this.#name(room) === change.name;
      return !isArchived && /^[xyz]$/.test(change.name) && (isOwn || !this.#isTaken(change.name));
    }
    if (!member) return false;
    const { what, account, until, role } = member;
    const target = members.find(({ id }) => id === account);
    if (what === memberChange.left) return account === actor;
    if (what === memberChange.invited) return !isArchived && !target && !isBanned(account);
    if (!isModerator) return false;
    if (what === memberChange.removed) return target !== undefined;
    if (what === memberChange.banned) return account !== actor && isPending(until, time);
    if (isArchived) return false;
    if (what === memberChange.unbanned) return this.#bannedUntil(room, account) !== undefined;
    if (what === memberChange.unmuted) return this.#mutedUntil(room, account) !== undefined;
    if (!target) return false;
    if (what === memberChange.muted) return !target.isModerator && isPending(until, time);
    if (target.isModerator === (role === roomRole.moderator)) return false;
    return role === roomRole.moderator || members.filter((one) => one.isModerator).length > 1;
  }

  #created(number: number) {
    const first = this.#valid.find(({ entry }) => entry.sequence === number);
    const change = first?.entry.message().detail?.roomChange;
    return change?.what === roomChange.created ? { ...change, creator: first?.actor ?? '' } : undefined;
  }

  #numbers(): number[] {
    return this.#valid.map(({ entry }) => entry.sequence).filter((number) => this.#created(number));
  }

  #isTaken(name: string): boolean {
    return this.#numbers().some((number) => {
      const isNamed = this.#created(number)?.type !== roomType.direct && !this.#isArchived(number);
      return isNamed && this.#name(number) === name;
    });
  }

  #hasDirect(participants: ReadonlySet<string>): boolean {
    return this.#numbers().some((number) => {
      const ids = this.#members(number).map(({ id }) => id);
      const isDirect = this.#created(number)?.type === roomType.direct;
      return isDirect && ids.length === participants.size && ids.every((id) => participants.has(id));
    });
  }

  #name(number: number): string {
    const names = this.#changes(number).map(({ change }) =>
      change?.what === roomChange.renamed ? change.name : '',
    );
    return names.findLast((name) => name !== '') ?? this.#created(number)?.name ?? '';
  }

  #isArchived(number: number): boolean {
    const isEmpty = this.#created(number)?.type === roomType.closed && this.#members(number).length === 0;
    const changes = this.#changes(number).map(({ change }) => change?.what);
    const last = changes.findLast((what) => what === roomChange.archived || what === roomChange.unarchived);
    return isEmpty || last === roomChange.archived;
  }

  #changes(number: number) {
    return this.#valid
      .filter(({ entry }) => entry.room === number && entry.sequence > number)
      .map(({ entry, time }) => {
        const { roomChange: change, memberChange: member } = entry.message().detail ?? {};
        return { sequence: entry.sequence, time, change, member };
      });
  }

  #bannedUntil(number: number, account: string): number | undefined {
    return this.#until(number, account, memberChange.banned, [
      memberChange.unbanned,
      memberChange.joined,
      memberChange.invited,
    ]);
  }

  #mutedUntil(number: number, account: string): number | undefined {
    const last = this.#changes(number).findLast(({ member, sequence }) => {
      const mutes = member?.account === account && member.what === memberChange.muted;
      const unmutes = member?.account === account && member.what === memberChange.unmuted;
      return mutes || unmutes || this.#appointed(number, account).includes(sequence);
    });
    const isMute = last?.member?.account === account && last.member.what === memberChange.muted;
    return isMute ? last.member?.until : undefined;
  }

  #until(number: number, account: string, begin: number, ends: readonly number[]): number | undefined {
    const last = this.#changes(number).findLast(
      ({ member }) => member?.account === account && [begin, ...ends].includes(member.what),
    )?.member;
    return last?.what === begin ? last.until : undefined;
  }

  /** The sequences of the entries by which the account became a moderator. */
  #appointed(number: number, account: string): readonly number[] {
    return this.#history(number)
      .appointments.filter(({ id }) => id === account)
      .map(({ sequence }) => sequence);
  }

  #members(number: number) {
    return this.#history(number).members;
  }

  #history(number: number) {
    const created = this.#created(number);
    const appointments: { id: string; sequence: number }[] = [];
    let members: { id: string; since: number; isModerator: boolean }[] = [];
    if (!created) return { members, appointments };
    const muted = new Map<string, number>();
    for (const id of new Set([created.creator, ...created.members.map(({ account }) => account)])) {
      members.push({
        id,
        since: number,
        isModerator: id === created.creator && created.type !== roomType.direct,
      });
    }
    for (const { sequence, member, time } of this.#changes(number)) {
      if (!member) continue;
      const { what, account: id, until, role } = member;
      const wasModerated = members.filter((one) => one.isModerator).map((one) => one.id);
      if (what === memberChange.muted) muted.set(id, until);
      if (what === memberChange.unmuted) muted.delete(id);
      if (what === memberChange.joined || what === memberChange.invited) {
        members = [...members, { id, since: sequence, isModerator: false }];
      }
      if (what === memberChange.left || what === memberChange.removed || what === memberChange.banned) {
        members = members.filter((one) => one.id !== id);
      }
      if (what === memberChange.role) {
        members = members.map((one) =>
          one.id === id ? { ...one, isModerator: role === roomRole.moderator } : one,
        );
      }
      if (!members.some((one) => one.isModerator)) {
        const next = members.find((one) => !isPending(muted.get(one.id), time)) ?? members[0];
        members = members.map((one) => (one === next ? { ...one, isModerator: true } : one));
      }
      for (const one of members) {
        if (!one.isModerator || wasModerated.includes(one.id)) continue;
        muted.delete(one.id);
        appointments.push({ id: one.id, sequence });
      }
    }
    return { members, appointments };
  }
}

function isPending(until: number | undefined, time: number): boolean {
  return until !== undefined && (until === 0 || until > time);
}
