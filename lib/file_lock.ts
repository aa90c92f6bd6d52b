/** Locks of files, which end with whoever holds them. A leaf. */

/** A file that is locked, as the system opens it. */
export interface LockedFile {
  unlockSync(): void;
  close(): void;
}

/**
 * Gives the lock of a file back and closes it. Closed alone it would stay locked for a moment where
 * a process is being started: that has the file as well, until it is another program.
 */
export function closeLocked(file: LockedFile): void {
  file.unlockSync();
  file.close();
}
