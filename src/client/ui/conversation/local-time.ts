const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

// The maximum time value (ECMAScript, 21.4.1.1); timestamps come from the network.
const maxTimestampMs = 8.64e15;

/** `09:14` */
export function formatTime(timestamp: number): string {
  return time.format(Math.min(timestamp, maxTimestampMs));
}

/** `2026-11-22 09:14` */
export function formatDateTime(timestamp: number): string {
  const date = new Date(Math.min(timestamp, maxTimestampMs));
  const two = (part: number) => String(part).padStart(2, '0');
  const days = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${days} ${formatTime(timestamp)}`;
}

/** `11-22`, for narrow screens. */
export function formatShortDay(timestamp: number): string {
  return formatDateTime(timestamp).slice(-'11-22 09:14'.length, -' 09:14'.length);
}

/** `Sunday 22 November 2026` */
export function formatDay(timestamp: number): string {
  return day.format(Math.min(timestamp, maxTimestampMs)).replace(',', '');
}

/** Equal for two times only if they are on the same local day. */
export function dayNumber(timestamp: number): number {
  const date = new Date(Math.min(timestamp, maxTimestampMs));
  return (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
}
