package io.delegate.process;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what owners left behind that were killed: their processes and their directories. Two
 * sweepers may race; both do the same, and each ignores what the other was quicker to do.
 */
final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  private Sweep() {}

  /** Sweeps the siblings of a directory that is our own. Never throws. */
  static void siblingsOf(Path own) {
    Path base = own.getParent();
    if (base == null) {
      return;
    }
    try {
      UserPrincipal user = Files.getOwner(own, LinkOption.NOFOLLOW_LINKS);
      try (DirectoryStream<Path> siblings =
          Files.newDirectoryStream(base, PrivateDirectory.NAME_START + "*")) {
        for (Path sibling : siblings) {
          if (!sibling.equals(own) && PrivateDirectory.isName(sibling.getFileName().toString())) {
            sweep(sibling, user);
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} was not swept", base, e);
    }
    ControlGroup.sweep(Proc.SYSTEM);
  }

  private static void sweep(Path directory, UserPrincipal user) {
    try {
      if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
          && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(user)
          && Owner.isGone(directory)) {
        LOG.debug("sweeping {}, whose owner is gone", directory);
        ProcessTree.killAllWithCookie(directory.getFileName() + "/");
        Deletion.delete(directory);
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} was not swept", directory, e);
    }
  }
}
