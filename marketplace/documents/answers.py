"""A table as an HTTP answer to keep, in the format asked."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from marketplace.documents.ods import write_ods
from marketplace.documents.streamed import csv_chunks, json_chunks
from marketplace.documents.tables import Table
from marketplace.documents.xlsx import write_xlsx

IN_MEMORY = 2_000_000


@dataclass(frozen=True, slots=True)
class Format:
    """`chunks` is sent as it is written; `write` fills a file first, because its format wants an index."""

    code: str
    label: str
    content_type: str
    chunks: Callable[[Table], Iterator[str]] | None = None
    write: Callable[[Table, IO[bytes]], None] | None = None


FORMATS = {
    made.code: made
    for made in (
        Format("csv", "CSV", "text/csv; charset=utf-8", chunks=csv_chunks),
        Format("ods", "ODS", "application/vnd.oasis.opendocument.spreadsheet", write=write_ods),
        Format(
            "xlsx",
            "XLSX",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write=write_xlsx,
        ),
        Format("json", "JSON", "application/json", chunks=json_chunks),
    )
}


def table_answer(table: Table, *, format: Format, name: str) -> HttpResponseBase:
    """`name` is the file's, without its ending: plain ASCII, ours."""
    filename = f"{name}.{format.code}"
    if format.chunks is not None:
        streamed = StreamingHttpResponse(format.chunks(table), content_type=format.content_type)
        streamed["Content-Disposition"] = f'attachment; filename="{filename}"'
        return streamed
    assert format.write is not None
    # Beyond two megabytes it lies on disk, and the response closes it once sent.
    target = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- closed here or by the response
    try:
        format.write(table, target)
        size = target.seek(0, os.SEEK_END)
        target.seek(0)
        whole = target.read() if size <= IN_MEMORY else None
    except BaseException:
        target.close()
        raise
    if whole is None:
        return FileResponse(target, as_attachment=True, filename=filename, content_type=format.content_type)
    target.close()
    answer = HttpResponse(whole, content_type=format.content_type)
    answer["Content-Disposition"] = f'attachment; filename="{filename}"'
    return answer
