import { contentType, roomRole } from '../../../shared/message.js';
import { isDeleted } from '../../session/current-form.js';
import { sanitiseLine } from '../../terminal/text/sanitise.js';
import { shownText } from '../../terminal/text/shown-text.js';
import { draftPurpose } from '../commands/message-commands.js';
import type { AppState } from '../state/app-state.js';
import { formatShortDay } from '../conversation/local-time.js';
import { shownItem } from '../conversation/shown-items.js';
import { hitCount } from '../search/search.js';
import { hintsFor, keyFor, selectionHints } from '../keymap/key-help.js';
import type { ActionIn } from '../keymap/keymap.js';
import { newsElsewhere } from '../rooms/room-order.js';
import { typingText } from './status-text.js';
import type { ScreenLayout } from './screen-layout.js';

/** The last row. Hints for keys are faint. */
export type Hint = { readonly text: string; readonly tone: 'faint' | 'note' | 'waiting' | 'bad' };

/** How many new messages are below the view, and how many of them mention the user. */
export type MessagesBelow = { readonly messages: number; readonly mentions: number };

/** `topTimestamp`: of the topmost message, if the status line has no space for its day. */
export function hintOf(
  state: AppState,
  below: MessagesBelow,
  topTimestamp: number | undefined,
  layout: ScreenLayout,
): Hint {
  const { notice, mode } = state;
  if (typeof notice === 'string') return { text: sanitiseLine(notice), tone: 'note' };
  if (notice) return { text: sanitiseLine(notice.text), tone: notice.tone === 'error' ? 'bad' : 'waiting' };
  switch (mode.type) {
    case 'login': {
      const { ignoresTyping, question } = mode.form;
      const keys = ignoresTyping ? 'opened-login' : question ? 'trust-question' : 'login';
      return { text: hintsFor(keys, 'always'), tone: 'faint' };
    }
    case 'search':
      return { text: hintsFor(mode.what === 'mentions' ? 'rooms' : 'search'), tone: 'faint' };
    case 'emoji':
      return { text: hintsFor('emoji'), tone: 'faint' };
    case 'room-browser':
    case 'rooms':
      return { text: hintsFor('rooms'), tone: 'faint' };
    case 'help':
    case 'users':
    case 'members':
      return { text: hintsFor('text-dialog'), tone: 'faint' };
    case 'history-search': {
      const state = mode.found ? hintsFor('history-search') : 'nothing found · Esc cancel';
      return { text: `search what you sent: ${shownText(mode.query)} · ${state}`, tone: 'note' };
    }
    case 'selection':
      return { text: hintsOfSelected(state, mode.key), tone: 'note' };
    case 'conversation':
      return conversationHint(state, below, topTimestamp, layout);
  }
}

/** Only what applies to the message: opening and saving are for images, editing for one's own texts, and so on. */
function hintsOfSelected({ session, preferences }: AppState, key: string): string {
  const item = shownItem(session, preferences, key);
  if (!session || !item) return selectionHints(new Set(), false);
  const { message, mine, imageNumber, delivery } = item;
  const hasFailed = delivery.type === 'failed';
  const isGone = isDeleted(message);
  const isFixed = !session.hasRooms || message.sequence === 0 || isGone;
  const isModerator = session.room.role === roomRole.moderator;
  const missing = new Set<ActionIn<'selection'>>();
  if (imageNumber === undefined) missing.add('open-image').add('save-image');
  if (message.type !== contentType.text || isGone) missing.add('copy').add('edit');
  if (message.detail?.replyTo === undefined) missing.add('original');
  if (!mine) missing.add('edit');
  if (!mine && !isModerator) missing.add('delete');
  if (isFixed) missing.add('edit').add('delete').add('react');
  if (isFixed && !isGone && !hasFailed) missing.add('reply');
  return selectionHints(missing, hasFailed);
}

function conversationHint(
  state: AppState,
  below: MessagesBelow,
  topTimestamp: number | undefined,
  layout: ScreenLayout,
): Hint {
  const { reading, session, composer, lastSearch, preferences } = state;
  if (lastSearch?.isActive) {
    const { search } = lastSearch;
    const place = `${search.chosen + 1} of ${hitCount(search)}`;
    const what = search.what === 'mentions' ? 'mention' : `“${shownText(search.asked ?? '')}”`;
    return { text: `${what} ${place} · F3 older · F4 newer · Esc end`, tone: 'note' };
  }
  if (reading.viewport.type === 'anchored') {
    const nextPage = session?.excerpt?.nextPage;
    const day = topTimestamp === undefined ? '' : ` · ${formatShortDay(topTimestamp)}`;
    if (nextPage?.type === 'failed') {
      const reason = sanitiseLine(nextPage.reason.message);
      return { text: `could not load newer messages: ${reason} · PgDn retries`, tone: 'bad' };
    }
    if (nextPage?.type === 'loading') return { text: 'loading newer messages…', tone: 'faint' };
    return below.messages > 0
      ? { text: `↓ ${newsText(below)}${day} · Ctrl+End newest`, tone: 'note' }
      : { text: `scrolled up${day} · Ctrl+End newest`, tone: 'faint' };
  }
  const purpose = draftPurpose(state);
  if (purpose !== undefined) {
    // The border names it.
    const keys = composer.editing ? 'Enter save · Esc cancel' : 'Enter send the reply · Esc cancel';
    return layout.boxed ? { text: keys, tone: 'faint' } : { text: purpose, tone: 'note' };
  }
  const phase = session?.phase;
  if (phase?.type === 'reconnecting') {
    const reason = sanitiseLine(phase.reason.message);
    return { text: `${reason} · /reconnect tries now`, tone: 'waiting' };
  }
  const typing = typingText(state);
  if (composer.attachments.length > 0) {
    const which = composer.attachments.length === 1 ? 'the image' : 'the last image';
    const keys = `Enter send · Esc remove ${which}`;
    return { text: typing === undefined ? keys : `${typing} · ${keys}`, tone: 'faint' };
  }
  const news = session && layout.panelColumns === 0 ? newsElsewhere(session, preferences) : undefined;
  if (news) {
    const where = `${news.text} · ${keyFor('next-news')} goes there`;
    const text = typing === undefined ? where : `${typing} · ${where}`;
    return { text, tone: news.isUrgent ? 'note' : 'faint' };
  }
  if (typing !== undefined) return { text: typing, tone: 'note' };
  return { text: hintsFor('conversation'), tone: 'faint' };
}

function newsText({ messages, mentions }: MessagesBelow): string {
  if (mentions === 0) return `${messages} new`;
  return `${messages} new, ${mentions === 1 ? '1 mention' : `${mentions} mentions`}`;
}
