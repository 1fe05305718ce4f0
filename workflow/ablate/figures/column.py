"""PDFs for one column of a paper: pages shrunk to its width with all that is drawn on them."""

from matplotlib.backends.backend_pdf import Op, PdfFile, PdfPages

COLUMN = 3.3  # inches


class ColumnPages(PdfPages):
    """A PDF in which each figure that is saved becomes COLUMN inches wide.

    matplotlib sets letters and lines in points alone, whatever the size of a figure.
    """

    def _ensure_file(self) -> PdfFile:
        if self._file is None:
            self._file = _Shrinking(self._filename, metadata=self._metadata)
        return self._file


class _Shrinking(PdfFile):
    def newPage(self, width: float, height: float) -> None:
        share = COLUMN / width
        super().newPage(COLUMN, share * height)
        # What is drawn is cut to this size, before it is shrunk.
        self.width, self.height = width, height
        self.output(share, 0, 0, share, 0, 0, Op.concat_matrix)
