drop table board_viewer;
