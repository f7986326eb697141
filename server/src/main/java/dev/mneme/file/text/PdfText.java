package dev.mneme.file.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.contentstream.operator.Operator;
import org.apache.pdfbox.cos.COSBase;
import org.apache.pdfbox.io.MemoryUsageSetting;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.encryption.AccessPermission;
import org.apache.pdfbox.pdmodel.encryption.InvalidPasswordException;
import org.apache.pdfbox.text.PDFTextStripper;

/** The text of a PDF, page by page. Stateless. */
final class PdfText {
    /** Memory for decoded parts of a document, bytes; the rest lies in a temporary file up to the second number. */
    private static final long IN_MEMORY = 32L << 20;

    private static final long ON_DISK = 1L << 30;

    /** Pages of a document. */
    private static final int MOST_PAGES = 20_000;

    private PdfText() {}

    static Parsed read(Path file, Budget budget) throws IOException, Unreadable {
        MemoryUsageSetting memory = MemoryUsageSetting.setupMixed(IN_MEMORY, ON_DISK);
        try (PDDocument document = Loader.loadPDF(file.toFile(), "", null, null, memory.streamCache)) {
            return read(document, budget);
        } catch (InvalidPasswordException e) {
            throw new Unreadable("The PDF is protected by a password. Save a copy without it and upload that.", e);
        } catch (Stopped e) {
            throw e.reason;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // PDFBox meets damaged and hostile files with any of these.
            throw new Unreadable("The PDF is damaged and cannot be read (" + words(e) + ").", e);
        }
    }

    private static String words(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static Parsed read(PDDocument document, Budget budget) throws IOException, Unreadable {
        AccessPermission allowed = document.getCurrentAccessPermission();
        if (!allowed.canExtractContent() && !allowed.canExtractForAccessibility()) {
            throw new Unreadable("The PDF forbids copying its text. Ask its owner for a copy that allows it.");
        }
        int count = document.getNumberOfPages();
        if (count > MOST_PAGES) {
            throw new Unreadable("The PDF has " + count + " pages; at most " + MOST_PAGES
                    + " are read. Split it and upload the parts.");
        }
        Stripper stripper = new Stripper(budget);
        List<String> pages = new ArrayList<>(count);
        for (int page = 1; page <= count; page++) {
            stripper.setStartPage(page);
            stripper.setEndPage(page);
            String text = stripper.getText(document);
            budget.chars(text.length());
            pages.add(text.strip() + "\n\n");
        }
        if (pages.stream().allMatch(String::isBlank)) {
            throw new Unreadable("No text extracted from PDF: its " + count + (count == 1 ? " page has" : " pages have")
                    + " images only, as a scan does. Run it through a text recognition program (for example ocrmypdf)"
                    + " and upload the result.");
        }
        return new Parsed(pages, Parsed.Shape.PROSE);
    }

    /** Carries a refusal out of PDFBox. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Unreadable reason;

        Stopped(Unreadable reason) {
            super(reason);
            this.reason = reason;
        }
    }

    /** Looks at the clock between the operators of a page, of which a hostile one has millions. */
    private static final class Stripper extends PDFTextStripper {
        /** Operators between two looks. */
        private static final int BETWEEN = 10_000;

        private final Budget budget;
        private long operators;

        Stripper(Budget budget) {
            this.budget = budget;
            setParagraphEnd("\n");
            setLineSeparator("\n");
        }

        @Override
        protected void processOperator(Operator operator, List<COSBase> operands) throws IOException {
            if (++operators % BETWEEN == 0) {
                try {
                    budget.time();
                } catch (Unreadable e) {
                    throw new Stopped(e);
                }
            }
            super.processOperator(operator, operands);
        }
    }
}
