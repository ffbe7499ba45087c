import type { AccountBook } from './account-book.js';

/**
 * scrypt of `qwerty`. The password is printed in every description of the Qt example, so a salt of its own
 * for each server would hide nothing; hashing it here instead of at start-up makes the start free.
 */
const qwertyHash = '$scrypt$ln=15,r=8,p=1$YJYp2S88ay1ayozIIkyugw$ZIFCY9TiKSItu8KANLsQ/RG/vlb+n0Nj8ZF/tFO8xoM';

/** The predefined users of the Qt example: `user1` to `user5`, each with the password `qwerty`. */
export const demoBook: AccountBook = {
  everAdded: false,
  accounts: ['user1', 'user2', 'user3', 'user4', 'user5'].map((name) => ({
    name,
    passwordId: 'demo',
    passwordHash: qwertyHash,
  })),
};
