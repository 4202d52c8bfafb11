/** A stretch is some 130 KiB, and what is made of it two or three times as much. */
const firstRoom = 512 * 1024;

/**
 * Memory in which stretches go to threads and what is made of them comes back: both sides see it, so nothing is copied on the way, and it is
 * used again for another stretch. What a message carries is allocated on either side instead, and of so much memory the collector lets go
 * only by going through all objects of the hub.
 */
export class Rooms {
  private readonly free: SharedArrayBuffer[] = [];
  private least = firstRoom;

  /** The bytes in a room, with as much behind them again at least. */
  of(bytes: Uint8Array): Uint8Array {
    const least = Math.max(this.least, bytes.length * 4);
    let room = this.free.pop();
    if (room === undefined || room.byteLength < bytes.length * 4) room = new SharedArrayBuffer(least);
    const inside = new Uint8Array(room, 0, bytes.length);
    inside.set(bytes);
    return inside;
  }

  /** To be used again: nobody reads what stands in it any more. @param made what was made of the bytes, which may have found no room */
  giveBack({ buffer }: Uint8Array, made?: Uint8Array): void {
    if (made !== undefined && !(made.buffer instanceof SharedArrayBuffer))
      this.least = Math.max(this.least, buffer.byteLength + 2 * made.length);
    if (buffer instanceof SharedArrayBuffer && buffer.byteLength >= this.least) this.free.push(buffer);
  }
}
