package io.delegate.web;

import java.util.Locale;

/** All that can be wrong with a request. The name, in small letters, is its type. */
enum ProblemKind {
  BAD_ITEM(400, "An item cannot be read"),
  NOT_UTF_8(400, "The text is not UTF-8"),
  FOREIGN_HOST(403, "The server is not known by this name"),
  FOREIGN_ORIGIN(403, "Pages of other sites may not use the server"),
  METHOD_NOT_ALLOWED(405, "Items come by POST"),
  NOT_ACCEPTABLE(406, "There is no response of the types that are accepted"),
  BODY_TIMEOUT(408, "The rest of the request did not come"),
  ITEM_TOO_LONG(413, "An item is too long"),
  BODY_TOO_LARGE(413, "The request is too large"),
  TOO_MANY_ITEMS(413, "The request has too many items"),
  UNSUPPORTED_MEDIA_TYPE(415, "Requests of this type cannot be read"),
  INTERNAL(500, "The request could not be served"),
  START_FAILED(500, "The processes that would run the items cannot be started"),
  BUSY(503, "There is too much to do"),
  TIMEOUT(504, "The request took too long");

  private final int status;
  private final String title;

  ProblemKind(int status, String title) {
    this.status = status;
    this.title = title;
  }

  int status() {
    return status;
  }

  String title() {
    return title;
  }

  /** Names the kind for programs; there is nothing to be fetched from it. */
  String type() {
    return "urn:delegate:" + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
