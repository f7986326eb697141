package dev.mneme.tool.sandbox;

class ProcessNodeTest extends NodeContract {
    @Override
    Isolation isolation() {
        return Isolation.PROCESS;
    }
}
